# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server sets itself when it is left out (API facts, 3.1 and 3.4): an entity as scope, and who runs a detector."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .catalog import Schema

# By schema: the class of the scope, and the property that tells which entity it is.
_SCOPES = {"builtin:cloud.kubernetes": ("KUBERNETES_CLUSTER", "clusterId")}
_ACTOR = {"builtin:davis.anomaly-detectors": "executionSettings"}
# The user in whose name detectors run here.
_SANDBOX_USER = "5a4db0f0-5a4d-4b0f-8a4d-b0f05a4db0f0"


def scope_of(raw: Mapping[str, Any]) -> Any:
    """The scope as given; of a schema whose scope the server chooses, that of the entity."""
    given = raw.get("scope")
    assigned = _SCOPES.get(str(raw.get("schemaId")))
    if assigned is None or given not in (None, "environment"):
        return given
    kind, name = assigned
    value = raw.get("value")
    entity = str(value.get(name)) if isinstance(value, Mapping) else ""
    return f"{kind}-{hashlib.sha256(entity.encode()).hexdigest()[:16].upper()}"


def completed(schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
    """With the actor of a detector that names none; without its settings it stays as it is, and they are missing."""
    name = _ACTOR.get(schema.id)
    settings = value.get(name) if name else None
    if name is None or not isinstance(settings, Mapping) or settings.get("actor") is not None:
        return value
    return {**value, name: {**settings, "actor": _SANDBOX_USER}}
