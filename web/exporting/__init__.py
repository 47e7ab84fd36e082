"""Study data as one file to take away, the same from the page and the API."""
