# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A file as the only part of a form (API facts, 2.2), without reading it into memory."""

from __future__ import annotations

import io
import secrets
from typing import IO


class FormFile(io.RawIOBase):
    """A seekable stream of known length: what comes before the file, the file, what comes after it."""

    def __init__(self, stream: IO[bytes], part: str, file_name: str) -> None:
        """``part``: the part's name; it and ``file_name`` must need no quoting."""
        super().__init__()
        boundary = secrets.token_hex(16)
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{part}"; filename="{file_name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._pieces = (io.BytesIO(head.encode()), stream, io.BytesIO(f"\r\n--{boundary}--\r\n".encode()))
        self._sizes = [piece.seek(0, io.SEEK_END) for piece in self._pieces]
        self._position = 0

    def __len__(self) -> int:
        """Total bytes, however far it was read; requests takes the length of the body from here."""
        return sum(self._sizes)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self)}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Bytes of one piece; who reads asks again for those of the next."""
        start = 0
        for piece, size in zip(self._pieces, self._sizes):
            if self._position < start + size:
                piece.seek(self._position - start)
                data = piece.read(min(len(buffer), start + size - self._position))
                buffer[: len(data)] = data
                self._position += len(data)
                return len(data)
            start += size
        return 0
