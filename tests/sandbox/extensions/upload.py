# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package in the body of an upload: raw, or as a part of a form (API facts, 2.2)."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesHeaderParser

from ..errors import ApiError
from ..http import Call
from ..variants import Variants

MAX_BYTES = 25 * 1024 * 1024
_FORMS = {"application/octet-stream": "octet-stream", "multipart/form-data": "multipart"}


def uploaded(call: Call, variants: Variants) -> bytes:
    """The bytes of the package."""
    header = Message()
    header["content-type"] = call.headers.get("content-type", "none/none")
    form = _FORMS.get(header.get_content_type())
    if form is None or variants["extension_upload_forms"] not in ("both", form):
        given = call.headers.get("content-type", "none")
        raise ApiError(variants["extension_content_type"], f"Content type not supported: {given}")
    boundary = header.get_boundary() if form == "multipart" else _hidden_boundary(call.body)
    if form == "multipart" and not boundary:
        raise ApiError(400, "The boundary of the multipart body is missing")
    data = _part(call.body, boundary.encode(), "file") if boundary else call.body
    if len(data) > MAX_BYTES:
        raise ApiError(variants["extension_oversize"], "The extension package must not be larger than 25 MB")
    return data


def _hidden_boundary(body: bytes) -> str | None:
    """The boundary of a form that is labelled as octet-stream: the client ``dt`` of PyPI sends that."""
    line = body[:200].partition(b"\r\n")[0]
    if line.startswith(b"--") and body.rstrip(b"\r\n").endswith(line + b"--"):
        return line[2:].decode("ascii", "replace")
    return None


def _part(body: bytes, boundary: bytes, name: str) -> bytes:
    """The content of the named part. Slices only, since bodies are large."""
    delimiter = b"\r\n--" + boundary
    rest = b"\r\n" + body
    start = rest.find(delimiter)
    while start >= 0:
        start += len(delimiter)
        end = rest.find(delimiter, start)
        if end < 0:
            break
        head, separator, content = rest[start:end].partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head.lstrip(b"\r\n"))
        if separator and headers.get_param("name", header="content-disposition") == name:
            return content
        start = end
    raise ApiError(400, f"The part '{name}' is missing")
