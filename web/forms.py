"""What a posted form holds: its fields by name, as the browser sent them."""

from litestar.params import URLEncodedBody

Fields = URLEncodedBody[dict[str, str]]
"""The body of a plain form; a field sent twice is an error, answered with 400."""
