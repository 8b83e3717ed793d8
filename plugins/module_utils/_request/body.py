# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api sends: data, a text or a file; and what in it is secret."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qs

from .._errors import InputError
from .._files import FileError, open_file
from .._http.client import JSON_TYPE
from .._masking import guessed_secrets, texts
from .headers import PRINTABLE

_FILE_TYPE = "application/octet-stream"
_FORM_TYPE = "application/x-www-form-urlencoded"
# Which parts of a text are secret is not known. Masking shorter parts would mask ordinary words.


@dataclass(frozen=True)
class Body:
    """``content`` or the file at ``path`` is sent, or nothing. ``data``: what ``content`` says, None where it is a text of the user's."""

    content: bytes | None = field(default=None, repr=False)
    path: str | None = None
    content_type: str | None = None
    data: Any = field(default=None, repr=False)

    @contextlib.contextmanager
    def opened(self) -> Iterator[bytes | IO[bytes] | None]:
        """As the client takes it."""
        if self.path is None:
            yield self.content
            return
        with _opened(self.path) as stream:
            yield stream


def body_of(body: Any, path: str | None, content_type: str | None) -> Body:
    """From the options body, src and content_type. A text is sent as it is. Raises InputError, which never repeats a part of it."""
    if not PRINTABLE.fullmatch(content_type or ""):
        raise InputError("content_type is not a media type: give one such as text/plain; charset=utf-8")
    if path is not None:
        _opened(path).close()
        return Body(path=path, content_type=content_type or _FILE_TYPE)
    if body is None:
        return Body()
    sent_as = content_type or JSON_TYPE
    if isinstance(body, str):
        return Body(_encoded(body, content_type), content_type=sent_as)
    return Body(_dumped(body), content_type=sent_as, data=body)


def secret_texts(body: Any, content_type: str | None) -> set[str]:
    """Of a text: itself, and the values in it. Not its keys, and nothing of fewer than eight characters."""
    if not isinstance(body, str):
        return set()
    return guessed_secrets([body, *_parts(body, content_type or "")])


def _parts(text: str, content_type: str) -> Iterator[str]:
    if content_type.lower().startswith(_FORM_TYPE):
        yield from itertools.chain.from_iterable(parse_qs(text).values())
        return
    try:
        yield from texts(json.loads(text))
    except (ValueError, RecursionError):
        yield from map(str.strip, text.splitlines())


def _opened(path: str) -> IO[bytes]:
    try:
        return open_file(path)
    except FileError as error:
        raise InputError(
            f"src {path!r} is not a file that can be read, on the machine that the module runs on: {error}"
        ) from None


def _encoded(text: str, content_type: str | None) -> bytes:
    if content_type is None and not _is_json(text):
        raise InputError(
            "body is a text that is not JSON: say what it is by content_type, such as text/plain; charset=utf-8"
        )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"body holds half of a surrogate pair at place {error.start}, which cannot be sent") from None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _dumped(body: Any) -> bytes:
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise InputError("body holds values that JSON cannot represent, such as NaN, or is nested too deeply") from None
