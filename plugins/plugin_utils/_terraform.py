# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Which settings objects Terraform manages, and what remains to be done after their export. Pure.

A state becomes rows of plain values, one for each instance of a resource: ``address``, ``resource``, ``kind``, ``object_id`` and
``schema_id`` where it is a settings object, ``legacy_id`` where a classic API knows the object by another id, and ``reason`` where it
cannot be exported.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.plugin_utils._object_id import read_object_id
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform_state import Instance, State
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

REMOVED, REPORT = "removed.tf", "report.txt"
# What stands between the parts of an id; settings objects come first in them.
_BETWEEN = re.compile("#MULTI#PART#ID#|#-#")
_EXTENSION = "ext:"
# A UUID, or the number of a management zone. Nothing else of a state is passed on.
_LEGACY_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|-?[0-9]{1,20}")
# Resources whose id is that of a settings object that they do not manage.
_NOT_THE_OBJECT = {
    "dynatrace_settings_permissions": "permissions are kept by community.dynatrace.settings_object_permission",
}
_ACCOUNT = "dynatrace_iam_"
# Resources of classic APIs, and the settings that are the same objects under another id.
_LEGACY = {
    "dynatrace_alerting_profile": "builtin:alerting.profile",
    "dynatrace_autotag": "builtin:tags.auto-tagging",
    "dynatrace_custom_anomalies": "builtin:anomaly-detection.metric-events",
    "dynatrace_k8s_credentials": "builtin:cloud.kubernetes",
    "dynatrace_maintenance_window": "builtin:alerting.maintenance-window",
    "dynatrace_management_zone": "builtin:management-zones",
    "dynatrace_notification": "builtin:problem.notifications",
    "dynatrace_slo": "builtin:monitoring.slo",
}
_NO_SETTINGS = "it is not a settings object: use community.dynatrace.api"
_GONE = "the object is not in the environment"


def state_of(state: State) -> dict[str, Any]:
    """``resources``: the rows. ``schema_ids``: of the settings objects. ``legacy_schema_ids``: of those whose object ids are not known.

    ``others``: how many instances other providers have.
    """
    return _state([_row(instance) for instance in state.instances], state.others)


def _state(rows: Sequence[Mapping[str, Any]], others: int) -> dict[str, Any]:
    schema_ids, legacy_schema_ids, object_ids = set(), set(), set()
    for row in rows:
        if row["reason"] is not None:
            continue
        schema_ids.add(row["schema_id"])
        if row["object_id"] is None:
            legacy_schema_ids.add(row["schema_id"])
        else:
            object_ids.add(row["object_id"])
    return {
        "resources": list(rows),
        "schema_ids": sorted(schema_ids),
        "legacy_schema_ids": sorted(legacy_schema_ids),
        "object_ids": sorted(object_ids),
        "others": others,
    }


def _row(instance: Instance) -> dict[str, Any]:
    row: dict[str, Any] = {"address": instance.address, "resource": instance.resource, "kind": instance.kind}
    empty = {"object_id": None, "schema_id": None, "legacy_id": None, "reason": None}
    return {**row, **empty, **_identity(instance)}


def _identity(instance: Instance) -> dict[str, Any]:
    if instance.is_deposed:
        return {"reason": "it was replaced, and Terraform destroys it at the next apply: apply first"}
    if instance.object_id is None:
        return {"reason": "the state has no id of it"}
    if instance.kind.startswith(_ACCOUNT):
        return {"reason": "it belongs to the account, not to an environment: keep it in Terraform"}
    if instance.kind in _NOT_THE_OBJECT:
        return {"reason": _NOT_THE_OBJECT[instance.kind]}
    object_id = _BETWEEN.split(instance.object_id)[0]
    read = read_object_id(object_id)
    if read is not None and read.schema_id.startswith(_EXTENSION):
        return {"reason": "it is kept by community.dynatrace.extension_monitoring_configuration"}
    if read is not None:
        return {"object_id": object_id, "schema_id": read.schema_id}
    if instance.kind in _LEGACY and _LEGACY_ID.fullmatch(object_id):
        return {"legacy_id": object_id, "schema_id": _LEGACY[instance.kind]}
    return {"reason": _NO_SETTINGS}


def identified(state: Mapping[str, Any], schema_ids: Collection[str], object_ids: Iterable[str]) -> dict[str, Any]:
    """The state with the object ids of what is known by a legacy id, and reasons for what has no schema.

    ``schema_ids``: all of the environment. ``object_ids``: of the legacy schemas.
    """
    by_legacy_id = {}
    for object_id in object_ids:
        read = read_object_id(object_id)
        if read is not None:
            by_legacy_id[read.schema_id, read.key] = object_id
            by_legacy_id[read.schema_id, str(read.number)] = object_id
    rows = [_identified(row, schema_ids, by_legacy_id) for row in state["resources"]]
    return _state(rows, state["others"])


def _identified(
    row: Mapping[str, Any], schema_ids: Collection[str], by_legacy_id: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    if row["reason"]:
        return dict(row)
    if row["schema_id"] not in schema_ids:
        return _left(row, f"the environment has no schema {row['schema_id']}")
    if row["object_id"]:
        return dict(row)
    object_id = by_legacy_id.get((row["schema_id"], row["legacy_id"]))
    if object_id is None:
        return _left(row, f"no object of {row['schema_id']} has its id")
    return {**row, "object_id": object_id}


def _left(row: Mapping[str, Any], reason: str) -> dict[str, Any]:
    return {**row, "object_id": None, "reason": reason}


def finished(state: Mapping[str, Any], exported: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be said after the export: ``resources`` with the ``key`` of what was exported, ``counts``, ``summary`` and ``files``.

    ``exported``: the result of settings_export_info; empty where there was nothing to export.
    """
    keys = exported.get("object_keys") or {}
    rows = [_finished(row, keys) for row in state["resources"]]
    exported_keys = [row["key"] for row in rows if row["key"] is not None]
    counts = {
        "exported": len(set(exported_keys)),
        "left": len(rows) - len(exported_keys),
        "other_providers": state["others"],
    }
    summary = (
        f"Exported: {count(counts['exported'], 'object')}. Left in Terraform: {count(counts['left'], 'resource')}. "
        f"Of other providers: {counts['other_providers']}."
    )
    files = [
        {"name": REPORT, "content": _report(summary, rows, exported.get("outside") or ())},
        {"name": REMOVED, "content": removed(rows)},
    ]
    return {"resources": rows, "counts": counts, "summary": summary, "files": files}


def _finished(row: Mapping[str, Any], keys: Mapping[str, str | None]) -> dict[str, Any]:
    key = keys.get(row["object_id"])
    reason = row["reason"]
    if key is None and reason is None:
        reason = _GONE
    return {**row, "key": key, "reason": reason}


def _report(summary: str, rows: Sequence[Mapping[str, Any]], outside: Iterable[Mapping[str, Any]]) -> str:
    lines = [summary]
    for row in rows:
        if row["key"] is None:
            lines.append(f"left: {row['address']}: {row['reason']}")
    for reference in outside:
        lines.append(
            f"note: {reference['key']}: {reference['path']} is the id of an object that is not exported; it is valid only in this "
            "environment"
        )
    for row in rows:
        if row["key"] is not None:
            lines.append(f"exported: {row['address']}: {row['key']}")
    return "\n".join(lines) + "\n"


def removed(rows: Iterable[Mapping[str, Any]]) -> str:
    """The blocks that let Terraform forget what was exported, without destroying it.

    A block takes no instance of a resource, but all of them. Where some instances are left, there is a command for each other one.
    """
    parts = []
    for resource, instances in grouped(rows, lambda row: row["resource"]).items():
        exported = [row["address"] for row in instances if row["key"] is not None]
        if len(exported) == len(instances):
            parts.append(f"removed {{\n  from = {resource}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n")
        elif exported:
            commands = "".join(f"#   terraform state rm {shlex.quote(address)}\n" for address in exported)
            parts.append(f"# Not all instances of {resource} were exported. These were:\n{commands}")
    return "\n".join([_INTRODUCTION, *parts])


_INTRODUCTION = """\
# Lets Terraform forget what community.dynatrace keeps from now on; nothing is destroyed (Terraform 1.7 or OpenTofu 1.10).
# Delete the resources from the configuration, put this file beside it, and look at "terraform plan" before you apply:
# it must say that they are no longer managed, and destroy nothing. Older releases have "terraform state rm ADDRESS" for it.
"""
