"""Why some of what is wanted cannot be served by any plan: the smallest cause found, in words."""
