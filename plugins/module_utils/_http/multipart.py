# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A file as the only part of a form (API facts, 2.2)."""

from __future__ import annotations

import io
import secrets
from typing import IO


def form_of(stream: IO[bytes], part: str, file_name: str) -> tuple[IO[bytes], str]:
    """The form, which is held in memory, and its content type. ``part`` and ``file_name`` must need no quoting."""
    boundary = secrets.token_hex(16)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{part}"; filename="{file_name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    stream.seek(0)
    body = b"".join((head.encode(), stream.read(), f"\r\n--{boundary}--\r\n".encode()))
    return io.BytesIO(body), f"multipart/form-data; boundary={boundary}"
