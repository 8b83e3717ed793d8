# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Exported values without what they would be given again. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from operator import attrgetter, itemgetter
from typing import Any

from .._lists import grouped
from .comparison import comparable
from .export_identity import ExportItem
from .identity import given_keys
from .schema import OBJECT, Property, split_path
from .values import completed, default_of, same
from .walk import without_nulls
from .wanted import WantedObject


def without_defaults(item: ExportItem, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` without required properties that would be filled in again as they are; whole where that is not sure."""
    schema = item.schema
    original = without_nulls(item.stored.value)
    keys = given_keys(schema, WantedObject(schema.schema_id, item.stored.scope, original), original)
    paths = itertools.chain(item.match_on, *map(attrgetter("paths"), keys))
    lean = _lean(schema, original, {split_path(path, schema) for path in paths})
    if not same(schema, original, completed(schema, lean, lean)):
        return dict(value)
    return dict(_only_there(value, lean))


def _lean(prop: Property, value: Any, kept: Collection[tuple[str, ...]]) -> Any:
    if prop.kind != OBJECT or not prop.fits(value):
        return value
    lean = {}
    by_name = grouped(filter(None, kept), itemgetter(0))
    for name, item in value.items():
        inside = [path[1:] for path in by_name.get(name, ())]
        if inside or not _is_default(prop.below(name), item):
            lean[name] = _lean(prop.below(name), item, inside)
    return lean


def _is_default(prop: Property, value: Any) -> bool:
    """Whether a required property has the value that it would be given."""
    return not prop.is_nullable and bool(comparable(prop, value) == comparable(prop, default_of(prop, ())))


def _only_there(value: Any, lean: Any) -> Any:
    """Of ``value`` what ``lean`` has too. What stands for a reference or a secret is a dictionary in ``value`` alone."""
    if isinstance(value, dict) and isinstance(lean, dict):
        return {name: _only_there(value[name], lean[name]) for name in value if name in lean}
    return value
