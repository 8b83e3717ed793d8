# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Secrets in settings values (API facts, 3.8): masked when shown, left alone when they need not be sent. All pure.

The server masks them on every read, and takes the masked text in a PUT for "keep what is stored".
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import InputError, Violation
from .._lists import keyed
from .._masking import MASK
from .comparison import changed_paths, comparable, content_text
from .problems import path_of
from .schema import COLLECTIONS, OBJECT, SECRET, UNKNOWN, Property, Schema, properties_along, property_at, split_path
from .walk import elements_of, inside, lookup, place_below, rebuilt, without_nulls

MASK_SENT = f"{MASK} (sent)"
# What the server shows instead of a secret, today and in older versions.
_SHOWN_BY_SERVER = re.compile(r"\*{3}([0-9a-f]{16}|\d{3})\*{3}")


def masked(prop: Property, value: Any, hide_unknown: bool = False) -> Any:
    """``value`` for people to see. ``hide_unknown`` masks what the schema does not describe too: a misspelt property may hold a secret."""
    shown = _masked(prop, value, value)
    if hide_unknown:
        return _known(prop, shown, None)
    return shown


def masked_change(schema: Schema, current: Any, sent: Any) -> Any:
    """``sent`` for people to see beside the masked ``current``: a secret that goes out in clear is marked as such."""
    return _masked(schema, sent, current)


def _masked(prop: Property, value: Any, stored: Any) -> Any:
    if value is None or not prop.has_secrets:
        return value
    if prop.kind != SECRET:
        return rebuilt(prop, value, stored, _masked)
    return MASK if value == stored else MASK_SENT


def _known(prop: Property, value: Any, _other: Any) -> Any:
    """A masked value with everything masked that the schema does not describe."""
    if value is None or prop.kind == SECRET:
        return value
    if prop is UNKNOWN or not prop.fits(value):
        return MASK
    return rebuilt(prop, value, None, _known)


def texts(prop: Property, value: Any) -> set[str]:
    """All secret texts in ``value``."""
    return set(_secrets(prop, value).values())


def _secrets(prop: Property, value: Any, place: str = "value") -> dict[str, str]:
    """The text of each secret, by its path."""
    if value is None or not prop.has_secrets:
        return {}
    if prop.kind == SECRET:
        return {place: _text(value)}
    secrets: dict[str, str] = {}
    for name, below, part in inside(prop, value):
        secrets.update(_secrets(below, part, place_below(place, name)))
    return secrets


def _text(value: Any) -> str:
    """Empty for what is not a text and no number of a length that Python writes: it is refused, and is never sent."""
    with contextlib.suppress(ValueError):
        if isinstance(value, (str, int, float)):
            return str(value)
    return ""


def without(prop: Property, value: Any) -> Any:
    """``value`` without its secrets: what is inherited shows them masked, and a mask is not a secret to create an object with."""
    return without_nulls(_emptied(prop, value, None))


def _emptied(prop: Property, value: Any, _other: Any) -> Any:
    """With null for each secret."""
    if prop.kind == SECRET:
        return None
    return rebuilt(prop, value, None, _emptied)


def check_new(schema: Schema, value: Any) -> None:
    """Raises InputError for secrets of a new object that are masks: no server knows what they stand for."""
    places = []
    for place, text in _secrets(schema, value).items():
        if _SHOWN_BY_SERVER.fullmatch(text):
            places.append(place)
    _check_clear(
        places, f"the mask of a secret is not a secret: give the text itself for {', '.join(places)}", "is a mask"
    )


def to_send(schema: Schema, current: Any, wanted: Any, always: bool) -> Any:
    """The value of a PUT: secrets as they were read, unless they must or (``always``) shall go in clear.

    ``wanted`` holds the given secrets in clear and the others as they were read. Raises InputError, which names them, when
    the schema demands secrets for this change that were not given.
    """
    changed = list(changed_paths(comparable(schema, current), comparable(schema, wanted)))
    demanded = any(map(functools.partial(_demands_resubmission, schema), changed))
    missing = _as_they_were_read(schema, current, wanted) if demanded else []
    for path in changed:
        missing += _missing_in_collection(schema, current, wanted, path)
    text = f"this change needs secrets that cannot be read back: give {', '.join(missing)} as well"
    _check_clear(missing, text, "is needed in clear for this change")
    if demanded:
        return wanted
    return _left_alone(schema, current, wanted, always)


def _check_clear(places: Sequence[str], text: str, reason: str) -> None:
    """Raises InputError where there are ``places``."""
    if places:
        raise InputError(text, violations=[Violation(path_of(place), reason) for place in places])


def _as_they_were_read(schema: Schema, current: Any, wanted: Any) -> list[str]:
    """The paths of secrets outside of collections that are masked in ``wanted``."""
    read = _secrets(schema, current)
    places = []
    for place, text in _secrets(schema, wanted).items():
        if read.get(place) == text and "[" not in place:
            places.append(place)
    return places


def _demands_resubmission(schema: Schema, path: str) -> bool:
    """Whether the server wants all secrets in clear for a change at ``path`` (forceSecretResubmission, SECRET_RESUBMISSION)."""
    trail = properties_along(schema, path)
    return any(map(_demands_all, trail)) or _forces_below(trail[-1], [])


def _demands_all(prop: Property) -> bool:
    return prop.forces_resubmission or any(map(_is_check_of_all, prop.constraints))


def _is_check_of_all(rule: Mapping[str, Any]) -> bool:
    return rule.get("type") == "SECRET_RESUBMISSION" and bool(rule.get("checkAllProperties"))


def _forces_below(prop: Property, within: list[Property]) -> bool:
    """An object that comes or goes whole changes all of its properties. ``within``: the types above, which may hold themselves."""
    if any(map(prop.is_same_type, within)):
        return False
    above = [*within, prop]
    below = prop.properties.values()
    return any(part.forces_resubmission or _forces_below(part, above) for part in below)


def _missing_in_collection(schema: Schema, current: Any, wanted: Any, path: str) -> list[str]:
    """A collection that changes is sent with all of its secrets: which stored one belongs to which element is not known."""
    prop = property_at(schema, path)
    if prop.kind not in COLLECTIONS:
        return []
    missing: list[str] = []
    place = ".".join(["value", *split_path(path, schema)])
    content = functools.partial(content_text, prop.item)
    # The first one of elements that are the same beside their secrets.
    stored = keyed(elements_of(lookup(current, path, schema)), content)
    for index, element in enumerate(elements_of(lookup(wanted, path, schema))):
        given = _secrets(prop.item, element, place_below(place, index))
        known = _secrets(prop.item, stored.get(content(element)), place_below(place, index))
        missing += sorted(known.keys() - given)
    return missing


def _left_alone(prop: Property, current: Any, wanted: Any, always: bool) -> Any:
    """``wanted`` with the texts that were read wherever the server has a secret already."""
    if prop.kind == OBJECT:
        return rebuilt(prop, wanted, current, lambda below, item, stored: _left_alone(below, stored, item, always))
    all_given = always and _secrets(prop, current).keys() <= _secrets(prop, wanted).keys()
    if all_given or comparable(prop, current) != comparable(prop, wanted):
        return wanted
    return current
