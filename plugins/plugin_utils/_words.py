# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Words that all reports share, and how they show the texts of others. Pure."""

from __future__ import annotations

import re

# What nobody sees, though it changes how the text around it looks: controls but tabs and line feeds, marks of direction, invisible
# spaces, tags, halves of pairs. The two joiners, U+200C and U+200D, are left alone: words of some languages and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def count(number: int, noun: str) -> str:
    """Such as "1 object", "2 objects"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def visible(text: str) -> str:
    """The text with an escape such as ``\\u202e`` for each character that would hide or reorder others. All reports show texts so."""
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
