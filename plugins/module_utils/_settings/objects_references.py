# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which items of a list others refer to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import InputError, refuse_if
from .._lists import grouped
from .objects_items import SettingsEntry
from .problems import Problems, of_each
from .references import pending, references
from .walk import with_texts


@dataclass(frozen=True)
class ItemReferences:
    """``places``: path and name of each reference, by the key of the item. ``targets``: the key of the item that a name means."""

    places: Mapping[str, Sequence[tuple[str, str]]]
    targets: Mapping[str, str]

    def needed(self, key: str) -> set[str]:
        """The keys of the items that the one with ``key`` refers to."""
        return {self.targets[name] for _path, name in self.places[key]}


def references_of(entries: Sequence[SettingsEntry]) -> ItemReferences:
    places = dict(of_each(entries, lambda entry: (entry.key, list(references(entry.wanted.value)))))
    problems = Problems()
    targets: dict[str, str] = {}
    meant = _meant_by(entries)
    for entry in entries:
        for path, name in places[entry.key]:
            with problems.of(entry.key):
                targets[name] = _target(entry, path, name, meant)
    problems.raise_all()
    return ItemReferences(places, targets)


def _meant_by(entries: Sequence[SettingsEntry]) -> dict[str, Sequence[SettingsEntry]]:
    """The items that each name means: a key, else an external id, which items of several schemas and scopes may share."""
    by_external_id = grouped(entries, lambda entry: entry.wanted.external_id or "")
    by_external_id.pop("", None)
    return {**by_external_id, **{entry.key: [entry] for entry in entries}}


def _target(entry: SettingsEntry, path: str, name: str, meant: Mapping[str, Sequence[SettingsEntry]]) -> str:
    targets = meant.get(name, ())
    refuse_if(not targets, f"{path} refers to {name}, which is neither key nor external id of an item")
    if len(targets) > 1:
        keys = ", ".join(target.key for target in targets)
        raise InputError(
            f"{path} refers to {name}, which is the external id of {keys}: refer to one of them by its key"
        )
    refuse_if(
        entry.wanted.is_present and not targets[0].wanted.is_present, f"{path} refers to {name}, which has state=absent"
    )
    return targets[0].key


def settled(value: Any, ids: Mapping[str, str]) -> Any:
    """``value`` with the ids of objects that exist by now."""
    known = {pending(key): object_id for key, object_id in ids.items()}
    return with_texts(value, lambda text: known.get(text, text))
