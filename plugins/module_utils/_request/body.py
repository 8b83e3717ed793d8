# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api sends: data, a text or a file; and what in it is secret."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qsl

from .._errors import InputError
from .._http.client import JSON_TYPE
from .._masking import texts

_FILE_TYPE = "application/octet-stream"
_FORM_TYPE = "application/x-www-form-urlencoded"
# Which parts of a text are secret is not known. Masking shorter parts would mask ordinary words.
_SHORTEST = 8


@dataclass(frozen=True)
class Body:
    """``content`` or the file at ``path`` is sent, or nothing. ``data``: the same as objects and lists, None where it is something else."""

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
    if content_type:
        _check_type(content_type)
    if path is not None:
        _opened(path).close()
        return Body(path=path, content_type=content_type or _FILE_TYPE)
    if body is None:
        return Body()
    if isinstance(body, str):
        return Body(_encoded(body, content_type), content_type=content_type or JSON_TYPE)
    data = body if isinstance(body, (Mapping, list)) else None
    return Body(_dumped(body), content_type=content_type or JSON_TYPE, data=data)


def _check_type(content_type: str) -> None:
    is_header = content_type.isascii() and content_type.isprintable()
    if not is_header:
        raise InputError("content_type is not a media type: give one such as text/plain; charset=utf-8")


def secret_texts(body: Any, content_type: str | None) -> set[str]:
    """Of a text: itself, and the values in it. Not its keys, and nothing of fewer than eight characters."""
    if not isinstance(body, str):
        return set()
    parts = {body, *_parts(body, content_type or "")}
    return {text for text in parts if len(text) >= _SHORTEST}


def _parts(text: str, content_type: str) -> Iterator[str]:
    if content_type.lower().startswith(_FORM_TYPE):
        yield from (value for dummy_name, value in parse_qsl(text))
        return
    try:
        yield from texts(json.loads(text))
    except (ValueError, RecursionError):
        yield from map(str.strip, text.splitlines())


def _opened(path: str) -> IO[bytes]:
    """A regular file, or a link to one. Opening never waits for somebody to write into a named pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable(path, "it is not a regular file")
    return os.fdopen(descriptor, "rb")


def _unreadable(path: str, reason: str) -> InputError:
    return InputError(f"src {path!r} is not a file that can be read, on the machine that the module runs on: {reason}")


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
