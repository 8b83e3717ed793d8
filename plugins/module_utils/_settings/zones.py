# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The number of a management zone, which settings take in place of its object id (API facts, 3.1). Pure."""

from __future__ import annotations

import base64
import binascii
import uuid

SCHEMA = "builtin:management-zones"
# Around what an object id holds (API facts, 3.6). Before the last one stands the key, a UUID of 36 characters.
_MAGIC = bytes.fromhex("beef54de15dadead")
_KEY = slice(-len(_MAGIC) - 36, -len(_MAGIC))
_LONGEST_ID = 500


def zone_number(text: str) -> str:
    """Of the zone with this object id, the first half of its key as a signed integer; what is not an object id is given back."""
    if len(text) > _LONGEST_ID:
        return text
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = uuid.UUID(content[_KEY].decode("ascii"))
    except (binascii.Error, ValueError):
        return text
    is_id = content[: len(_MAGIC)] == _MAGIC == content[-len(_MAGIC) :]
    if is_id and SCHEMA.encode() in content:
        return str(int.from_bytes(key.bytes[:8], "big", signed=True))
    return text
