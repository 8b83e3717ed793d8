# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings 2.0 (API facts, 3): schemas, objects, effective values, permissions on objects, history.

Schemas are data, see ``schemas/README.md``; ``seeds.json`` has the objects that are there from the start.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..clock import Clock
from ..http import Endpoint
from ..twin import Twin, TwinError, told
from ..variants import Variant, Variants
from . import access, history, masking, order, permissions, present, reading, validate, writing
from .catalog import VARIANTS as SCHEMA_VARIANTS
from .catalog import Catalog, Documents
from .store import Store, Stored

VARIANTS: dict[str, Variant] = {
    **SCHEMA_VARIANTS,
    **writing.VARIANTS,
    **order.VARIANTS,
    **validate.VARIANTS,
    **masking.VARIANTS,
    **present.VARIANTS,
    **reading.VARIANTS,
    **access.VARIANTS,
    **permissions.VARIANTS,
    **history.VARIANTS,
}

_SEEDS = Path(__file__).parent / "seeds.json"


class Settings:
    """``twin``: what there is from the start, instead of the seeds."""

    def __init__(self, clock: Clock, variants: Variants, catalog: Catalog, twin: Twin | None = None) -> None:
        self._catalog = catalog
        self._documents = Documents(catalog, variants)
        self.store = Store()
        rights = access.Access(variants)
        self._history = history.History(self._catalog, self.store, rights, variants, clock)
        self._reader = reading.Reader(self._catalog, self.store, rights, variants, twin.effective if twin else {})
        self._writer = writing.Writer(self._catalog, self.store, self._history, rights, variants, clock)
        self._permissions = permissions.Permissions(self._catalog, self.store, self._history, rights, variants, clock)
        if twin is None:
            for seed in json.loads(_SEEDS.read_text(encoding="utf-8")):
                self._writer.seed(seed)
        else:
            self._restore(twin)

    def _restore(self, twin: Twin) -> None:
        for schema_id, rows in twin.objects.items():
            if schema_id not in self._catalog:
                raise TwinError(f"{twin.schemas} has no document of {schema_id}, of which objects were recorded")
            for row in rows:
                with told(f"object {row['objectId']} of {schema_id}"):
                    self._writer.restore(schema_id, row)

    def state(self) -> list[Any]:
        """All objects by schema and scope. ``ordered``: whether their order means something."""
        scopes = []
        for schema_id, scope, objects in self.store.everything():
            ordered = self._catalog.latest(schema_id).ordered
            rows = [_state(stored) for stored in objects]
            scopes.append({"schema": schema_id, "scope": scope, "ordered": ordered, "objects": rows})
        return scopes

    def endpoints(self) -> list[Endpoint]:
        parts = (self._reader, self._writer, self._permissions, self._history)
        endpoints = [endpoint for part in parts for endpoint in part.endpoints()]
        return [
            *self._documents.endpoints(),
            *(replace(endpoint, handler=access.guarded(endpoint.handler)) for endpoint in endpoints),
        ]


def _state(stored: Stored) -> dict[str, Any]:
    permissions = sorted([*who, letters] for who, letters in stored.permissions.items())
    return {
        "id": stored.object_id,
        "external_id": stored.external_id,
        "value": stored.value,
        "owner": list(stored.owner),
        "permissions": permissions,
    }
