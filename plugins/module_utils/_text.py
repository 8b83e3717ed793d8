# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""What several rooms say with texts, and read from them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Of each part, whether it is not a number, the number, and the text of what is none.
VersionKey = tuple[tuple[bool, int, str], ...]
# The length that a part may have: Python refuses to count with thousands of digits, which anybody may send.
NUMBER = "[0-9]{1,18}"
_NUMBER = re.compile(NUMBER)
_BETWEEN_PARTS = re.compile("[.-]")
# Stands where a text was cut. What leaves is masked later, and there a secret may begin whose end is missing.
CUT = "…"
# Of a message for people: characters of a word, of all of it, and of its end, which says what to do.
_WORD, _MESSAGE, _END = 1_000, 10_000, 1_000
_LONG_WORD = re.compile(rf"\S{{{_WORD},}}")


def listed(texts: Sequence[str], most: int = 5, separator: str = "; ") -> str:
    """The first ``most`` of them, and how many more there are."""
    more = len(texts) - most
    if more <= 0:
        return separator.join(texts)
    return separator.join([*texts[:most], f"and {more} more"])


def cut(text: str, most: int) -> str:
    """The first ``most`` characters, with a sign that there were more."""
    return text if len(text) <= most else text[:most] + CUT


def shortened(message: str) -> str:
    """A message for people without most of a name or value of thousands of characters that it repeats."""
    message = _LONG_WORD.sub(lambda word: cut(word[0], _WORD), message)
    if len(message) <= _MESSAGE:
        return message
    return cut(message, _MESSAGE - _END) + message[-_END:]


def version_key(version: str) -> VersionKey:
    """What orders versions such as 1.10.0 and 1.198.0.20200630-163221: by numbers, and after all numbers whatever is none."""
    return tuple(map(_part_key, _BETWEEN_PARTS.split(version)))


def is_numeric(key: VersionKey) -> bool:
    """Whether a version consists of numbers alone."""
    return not any(is_text for is_text, _number, _text in key)


def _part_key(part: str) -> tuple[bool, int, str]:
    if _NUMBER.fullmatch(part):
        return False, int(part), ""
    return True, 0, part
