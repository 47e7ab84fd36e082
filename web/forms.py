"""What a posted form holds: its fields by name, as the browser sent them."""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import UploadFile
from litestar.params import MultipartBody, URLEncodedBody

from irt.errors import BadInput

Fields = URLEncodedBody[dict[str, str]]
"""The body of a plain form; a field sent twice is an error, answered with 400."""

Uploads = MultipartBody[dict[str, Any]]
"""The body of a form that brings a file along."""


def words_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The typed fields of a form with a file."""
    return {name: value for name, value in data.items() if isinstance(value, str)}


def text_in(data: Mapping[str, Any], name: str) -> str:
    """The text of the file in that field, empty where none was chosen; BadInput where it is not text in UTF-8."""
    file = data.get(name)
    if not isinstance(file, UploadFile):
        return ""
    try:
        return file.file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(
            "The file is not text in UTF-8. Nothing was started. Save it as UTF-8 and try again."
        ) from None
