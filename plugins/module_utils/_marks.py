# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""What files of settings and tasks share: the marks that stand for something else, and the options that hold for all objects. Pure.

A mark is a dictionary with one key. It is one value: nothing is merged into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# They stand for the object id of another item, by its key or external id; a secret, by its name; what differs between environments, by
# its name; and one text of several parts, which are texts, values and secrets.
REFERENCE, SECRET, VALUE, JOIN = "$ref", "$secret", "$value", "$join"
MARKS = frozenset({REFERENCE, SECRET, VALUE, JOIN})

# Options that may stand once at the top, of a task or of a file, and hold for all items that do not say otherwise.
SHARED_OPTIONS = (
    "schema_id",
    "scope",
    "match_on",
    "adopt",
    "value_mode",
    "schema_version",
    "update_secrets",
    "state",
)


def mark_in(value: Any) -> str | None:
    """The mark that ``value`` is, None where it is none. A misspelt one counts as well, so that it is not taken for data."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    (name,) = value
    if isinstance(name, str) and name.startswith("$"):
        return name
    return None
