# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Secrets in settings values (FACTS section 3.8): masked when shown, left alone when they need not be sent. All pure.

The server masks them on every read, and takes the masked text in a PUT for "keep what is stored".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    COLLECTIONS,
    OBJECT,
    SECRET,
    Property,
    Schema,
    changed_paths,
    lookup,
    property_at,
    split_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import comparable
from ansible_collections.community.dynatrace.plugins.module_utils._task import MASK

MASK_SENT = f"{MASK} (sent)"
_SHORTEST = 3


def masked(prop: Property, value: Any, hide_unknown: bool = False) -> Any:
    """``value`` for people to see.

    ``hide_unknown`` masks what the schema does not describe too: a misspelt property may hold a secret.
    """
    return _masked(prop, value, value, hide_unknown)


def masked_change(schema: Schema, current: Any, sent: Any) -> Any:
    """``sent`` for people to see beside the masked ``current``: a secret that goes out in clear is marked as such."""
    return _masked(schema, sent, current, False)


def _masked(prop: Property, value: Any, stored: Any, hide_unknown: bool) -> Any:
    if value is None:
        return None
    if prop.kind == SECRET:
        return MASK if value == stored else MASK_SENT
    if prop.kind == OBJECT and isinstance(value, Mapping):
        properties = prop.properties
        others = stored if isinstance(stored, Mapping) else {}
        return {
            name: _masked(properties[name], item, others.get(name), hide_unknown)
            if name in properties
            else (MASK if hide_unknown else item)
            for name, item in value.items()
        }
    if prop.kind in COLLECTIONS and isinstance(value, list):
        items = stored if isinstance(stored, list) and len(stored) == len(value) else [None] * len(value)
        return [_masked(prop.item, item, other, hide_unknown) for item, other in zip(value, items)]
    return MASK if hide_unknown and (prop.kind == OBJECT or isinstance(value, (Mapping, list))) else value


def texts(prop: Property, value: Any) -> Iterator[str]:
    """All secret texts in ``value``."""
    for _dummy, text in _places(prop, value, ""):
        yield text


def to_hide(prop: Property, value: Any) -> set[str]:
    """The secret texts that are long enough to be told from the rest of a message."""
    return {text for text in texts(prop, value) if len(text) >= _SHORTEST}


def _places(prop: Property, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Path and text of each secret."""
    if prop.kind == SECRET:
        if value is not None:
            yield path, str(value)
    elif prop.kind == OBJECT and isinstance(value, Mapping):
        for name, below in prop.properties.items():
            yield from _places(below, value.get(name), f"{path}.{name}" if path else name)
    elif prop.kind in COLLECTIONS and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(prop.item, item, f"{path}[{index}]")


def without(prop: Property, value: Any) -> Any:
    """``value`` without its secrets: what is inherited shows them masked, and a mask is no secret to create an object with."""
    if prop.kind == SECRET:
        return None
    if prop.kind == OBJECT and isinstance(value, Mapping):
        properties = prop.properties
        return {
            name: without(properties[name], item) if name in properties else item
            for name, item in value.items()
            if name not in properties or properties[name].kind != SECRET
        }
    if prop.kind in COLLECTIONS and isinstance(value, list):
        return [without(prop.item, item) for item in value]
    return value


def kept(prop: Property, current: Any, wanted: Any, given: Any) -> Any:
    """``wanted`` with the stored secrets that were not given: only an explicit null removes one, leaving it out does not."""
    if prop.kind != OBJECT or not isinstance(current, Mapping) or not isinstance(wanted, Mapping):
        return wanted
    said = given if isinstance(given, Mapping) else {}
    result = dict(wanted)
    for name, below in prop.properties.items():
        if below.kind == SECRET and name not in said and current.get(name) is not None:
            result[name] = current[name]
        elif below.kind == OBJECT and name in result:
            result[name] = kept(below, current.get(name), result[name], said.get(name))
    return result


def to_send(schema: Schema, current: Any, wanted: Any, always: bool) -> Any:
    """The value of a PUT: secrets as they were read, unless they must or (``always``) shall go in clear.

    ``wanted`` holds the given secrets in clear and the others as they were read. Raises InputError, which names them, when
    the schema demands secrets for this change that were not given.
    """
    demanded = demands_resubmission(schema, current, wanted)
    read = dict(_places(schema, current, ""))
    missing = [
        path for path, text in _places(schema, wanted, "") if demanded and "[" not in path and read.get(path) == text
    ]
    missing += _missing_in_collections(schema, current, wanted)
    if missing:
        places = ", ".join(f"value.{path}" for path in missing)
        raise InputError(f"this change needs secrets that cannot be read back: give {places} as well")
    return wanted if demanded else _left_alone(schema, current, wanted, always)


def demands_resubmission(schema: Schema, current: Any, wanted: Any) -> bool:
    """Whether the server wants all secrets in clear for this change (forceSecretResubmission, SECRET_RESUBMISSION)."""
    changed = list(changed_paths(comparable(schema, current), comparable(schema, wanted)))
    for path in changed:
        prop: Property | None = schema
        for name in split_path(path):
            if prop is None or _checks_all(prop):
                break
            prop = prop.properties.get(name)
            if prop is not None and prop.forces_resubmission:
                return True
        if prop is not None and (_checks_all(prop) or (prop.kind == OBJECT and _forces_below(prop))):
            return True
    return False


def _checks_all(prop: Property) -> bool:
    return any(one.get("type") == "SECRET_RESUBMISSION" and one.get("checkAllProperties") for one in prop.constraints)


def _forces_below(prop: Property) -> bool:
    """An object that comes or goes whole changes all of its properties."""
    return any(
        below.forces_resubmission or (below.kind == OBJECT and _forces_below(below))
        for below in prop.properties.values()
    )


def _missing_in_collections(schema: Schema, current: Any, wanted: Any) -> list[str]:
    """A collection that changes is sent with all of its secrets: which stored one belongs to which element is not known."""
    found: list[str] = []
    for path in changed_paths(comparable(schema, current), comparable(schema, wanted)):
        prop = property_at(schema, path)
        if prop is None or prop.kind not in COLLECTIONS:
            continue
        stored = _items(current, path)
        for index, item in enumerate(_items(wanted, path)):
            same = comparable(prop.item, item, True)
            before = next((one for one in stored if comparable(prop.item, one, True) == same), None)
            had = {place for place, _dummy in _places(prop.item, before, "")}
            has = {place for place, _dummy in _places(prop.item, item, "")}
            found += [f"{path.replace('/', '.')}[{index}].{place}" for place in sorted(had - has)]
    return found


def _items(value: Any, path: str) -> list[Any]:
    items = lookup(value, path)
    return items if isinstance(items, list) else []


def _left_alone(prop: Property, current: Any, wanted: Any, always: bool) -> Any:
    """``wanted`` with the texts that were read wherever the server has a secret already."""
    if prop.kind == SECRET:
        return wanted if always or current is None or wanted is None else current
    if prop.kind == OBJECT and isinstance(wanted, Mapping) and isinstance(current, Mapping):
        properties = prop.properties
        return {
            name: _left_alone(properties[name], current.get(name), item, always) if name in properties else item
            for name, item in wanted.items()
        }
    if prop.kind in COLLECTIONS and comparable(prop, current) == comparable(prop, wanted):
        all_given = {place for place, _dummy in _places(prop, current, "")} <= {
            place for place, _dummy in _places(prop, wanted, "")
        }
        return wanted if always and all_given else current
    return wanted
