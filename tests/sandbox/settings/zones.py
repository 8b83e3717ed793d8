# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management zones have a number beside their objectId, and settings that refer to one take either (API facts, 3.1).

The number is the first half of the UUID inside the objectId, as a signed integer. One that belongs to no zone of the sandbox is
taken as well, since zones are often made by others.
"""

from __future__ import annotations

import re
import uuid

from ..variants import Variant, Variants
from .ids import ENVIRONMENT, make_object_id, read_object_id

SCHEMA = "builtin:management-zones"
VARIANTS = {
    "settings_zone_number": Variant("how the number of a management zone comes back", ("as sent", "as object id")),
}

_NUMBER = re.compile(r"-?\d{1,19}")
# The second half of keys that were made of a number; others have the variant bits of a UUID there.
_UNKNOWN_HALF = 0x7A6F6E6562796E6F


def stored_form(value: str, variants: Variants) -> str:
    """A number stays, or becomes the objectId that it stands for."""
    if not _NUMBER.fullmatch(value) or variants["settings_zone_number"] == "as sent":
        return value
    key = uuid.UUID(int=(int(value) % 2**64) << 64 | _UNKNOWN_HALF)
    return make_object_id(SCHEMA, ENVIRONMENT, str(key))


def number_of(key: str) -> int:
    """Of the zone whose object has this key; 0 for a recorded one of another form."""
    try:
        half = uuid.UUID(key).int >> 64
    except ValueError:
        return 0
    return half - 2**64 if half >= 2**63 else half


def is_known(value: str) -> bool:
    """Whether it is a number or was made of one, so that nobody looks for the zone."""
    if _NUMBER.fullmatch(value):
        return True
    target = read_object_id(value)
    return target is not None and target.schema_id == SCHEMA and _half(target.key) == _UNKNOWN_HALF


def _half(key: str) -> int | None:
    try:
        return uuid.UUID(key).int % 2**64
    except ValueError:
        return None
