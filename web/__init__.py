"""Pages and the JSON API: parse, authorise, call one service or read, render."""
