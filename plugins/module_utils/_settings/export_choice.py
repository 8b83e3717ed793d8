# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which of the objects that were read belong to an export. Pure."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from .._lists import is_chosen, keyed
from .naming import called
from .schema import Schema
from .stored import StoredObject, ids_of, is_among
from .walk import texts_in


@dataclass(frozen=True)
class Choice:
    """``omit_read_only``, ``omit_defaults``: objects that may be neither written nor deleted, and required properties that have the
    schema's default, are left out.

    ``schema_ids``, ``scopes``, ``object_ids``, ``external_id_prefix``, ``names``: what an object must have to be chosen, all of them
    together; None or empty demand nothing. ``with_referenced``: whether objects that chosen ones refer to are exported too.
    """

    omit_read_only: bool = True
    omit_defaults: bool = False
    schema_ids: Collection[str] | None = None
    scopes: Sequence[str] = ()
    object_ids: Collection[str] | None = None
    external_id_prefix: str = ""
    names: Sequence[str] = ()
    with_referenced: bool = False

    def takes(self, schema: Schema, stored_object: StoredObject) -> bool:
        """Whether the object is one of those that were asked for."""
        conditions = (
            is_among(stored_object.schema_id, self.schema_ids),
            is_chosen(stored_object.scope, self.scopes),
            is_among(stored_object.object_id, self.object_ids),
            stored_object.belongs_to(self.external_id_prefix),
        )
        return all(conditions) and self._is_named(schema, stored_object)

    def _is_named(self, schema: Schema, stored_object: StoredObject) -> bool:
        if not self.names:
            return True
        name = called(schema, stored_object.value)
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.names)


def is_read_only(stored_object: StoredObject) -> bool:
    """Whether nothing of it may be changed; of some built-in objects a colour or a switch may."""
    may_be_changed = stored_object.can_write or stored_object.can_delete or stored_object.writable_only
    return not may_be_changed


def chosen_ids(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> set[str]:
    """The object ids of what is exported.

    A read-only object that another one refers to stays, since a reference by name holds in other environments, and one by id does not.
    """
    by_id = keyed(stored, attrgetter("object_id"))
    wanted = [row for row in stored if choice.takes(schemas[row.schema_id], row)]
    reachable = set(by_id)
    if not choice.with_referenced:
        reachable = set(ids_of(wanted))
    waiting = wanted
    if choice.omit_read_only:
        waiting = list(itertools.filterfalse(is_read_only, wanted))
    chosen = set(ids_of(waiting))
    while waiting:
        named = reachable & set(texts_in(waiting.pop().value)) - chosen
        waiting += map(by_id.__getitem__, named)
        chosen |= named
    return chosen
