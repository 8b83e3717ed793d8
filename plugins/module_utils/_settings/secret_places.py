# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Secrets where an item says that they are: the schema need not know of them, as in a header "Bearer TOKEN". All pure.

A path has names and places in lists, such as ``headers[0].value``. What is in a list is masked in all of its elements, since those of the
stored object may stand in another order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from .._errors import refuse_if
from .._lists import filled
from .._masking import MASK, texts
from .schema import SECRET, Property, Schema, split_path
from .secrets import MASK_SENT
from .walk import assembled, elements_of, mapping, named_parts

_PLACE = re.compile(r"(\[\d*\])")
# Into each element of a list; any other step is the name of a property.
_ELEMENTS = None
Step = Union[str, None]


@dataclass(frozen=True)
class SecretPlaces:
    """Of one item. ``names``: of the secrets, by path in its value. ``missing``: the paths of those that are not given."""

    names: Mapping[str, str]
    missing: Sequence[str] = ()


def places_of(item: Mapping[str, Any]) -> SecretPlaces:
    """As the options of an item tell it."""
    given = filled(item)
    return SecretPlaces(given.get("secret_paths", {}), given.get("missing_secret_paths", ()))


def check_missing(schema: Schema, places: SecretPlaces) -> None:
    """Raises InputError where a secret is not given that cannot be left out: only what the schema calls secret stays as it is stored."""
    for path in places.missing:
        _steps, prop = _walked(schema, path)
        refuse_if(
            prop.kind != SECRET,
            f"value.{path} needs a secret that is not given, {places.names.get(path, '')}: the property is not a secret to the schema, "
            "so it cannot be left as it is",
        )


def texts_at(schema: Schema, value: Any, places: SecretPlaces) -> set[str]:
    """The secret texts of an item."""
    secrets = [_at(value, steps) for steps in _all_steps(schema, places)]
    return set(texts(secrets))


def concealed(schema: Schema, value: Any, places: SecretPlaces) -> Any:
    """``value`` for people to see, masked at all places."""
    for steps in _all_steps(schema, places):
        value = _with_mask(value, steps, MASK)
    return value


def concealed_sides(
    schema: Schema, before: Mapping[str, Any], after: Mapping[str, Any], places: SecretPlaces
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of a diff for people to see: a secret that differs is marked as sent. A side may be empty."""
    stored, sent = before.get("value"), after.get("value")
    for steps in _all_steps(schema, places):
        mask = MASK_SENT
        if _at(sent, steps) == _at(stored, steps):
            mask = MASK
        sent = _with_mask(sent, steps, mask)
    return _with_value(before, concealed(schema, stored, places)), _with_value(after, sent)


def _with_value(side: Mapping[str, Any], value: Any) -> dict[str, Any]:
    if "value" in side:
        return {**side, "value": value}
    return dict(side)


def _all_steps(schema: Schema, places: SecretPlaces) -> Iterator[list[Step]]:
    for path in places.names:
        steps, _prop = _walked(schema, path)
        yield steps


def _walked(schema: Schema, path: str) -> tuple[list[Step], Property]:
    """The steps of a path, and the property at its end."""
    steps: list[Step] = []
    prop: Property = schema
    for part in _PLACE.split(path):
        if part.startswith("["):
            steps.append(_ELEMENTS)
            prop = prop.item
            continue
        for name in split_path(part.strip("."), prop):
            steps.append(name)
            prop = prop.below(name)
    return steps, prop


def _at(value: Any, steps: Sequence[Step]) -> list[Any]:
    """What is there, of each element of a list."""
    values = [value]
    for step in steps:
        values = list(itertools.chain.from_iterable(_below(above, step).values() for above in values))
    return values


def _below(value: Any, step: Step) -> dict[Any, Any]:
    """What a step leads to, by the name or the place of each; empty where the value is of another form."""
    if step is _ELEMENTS:
        return dict(enumerate(elements_of(value)))
    if step in mapping(value):
        return {step: value[step]}
    return {}


def _with_mask(value: Any, steps: Sequence[Step], mask: str) -> Any:
    if not steps:
        return value and mask
    parts = dict(named_parts(value))
    for place, part in _below(value, steps[0]).items():
        parts[place] = _with_mask(part, steps[1:], mask)
    return assembled(value, parts)
