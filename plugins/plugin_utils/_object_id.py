# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What an object id of settings says (API facts, 3.6). Pure. Modules take ids as they are; only what other tools wrote is read so."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import uuid
from dataclasses import dataclass

_MARK = bytes.fromhex("beef54de15dadead")
_HEAD = _MARK + struct.pack(">i", 1)
_TEXT = re.compile("[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class ObjectId:
    """``key``: a UUID, or what stands in its place. Classic APIs know some objects by it."""

    schema_id: str
    key: str

    @property
    def number(self) -> int | None:
        """The number by which the classic API knows a management zone (API facts, 3.1)."""
        try:
            first_half = uuid.UUID(self.key).bytes[:8]
        except ValueError:
            return None
        return int.from_bytes(first_half, "big", signed=True)


def read_object_id(text: str) -> ObjectId | None:
    """None for a text that is not an object id."""
    if not _TEXT.fullmatch(text):
        return None
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None
    if not content.startswith(_HEAD) or not content.endswith(_MARK):
        return None
    parts = _texts(content[len(_HEAD) : -len(_MARK)])
    if len(parts) != 4:
        return None
    return ObjectId(parts[0], parts[3])


def _texts(content: bytes) -> list[str]:
    """Each has its length before it. Empty where one is cut off."""
    texts = []
    while content:
        length = int.from_bytes(content[:2], "big")
        text = content[2 : 2 + length]
        if len(content) < 2 or len(text) < length:
            return []
        texts.append(text.decode(errors="replace"))
        content = content[2 + length :]
    return texts
