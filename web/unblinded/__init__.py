"""Pages that may tell the treatment; nothing here is reachable for blinded people."""
