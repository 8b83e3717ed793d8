# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks that are tried with every fault: those of the guards that change something, and some in which more can go wrong."""

from __future__ import annotations

from typing import Any

from tests.support.configurations import api
from tests.support.packages import build_package
from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.modules.cases import CONNECTED, Case

_NOTE = "builtin:sandbox.note"
_HEADER = "builtin:sandbox.header-rule"
_QUOTA = "builtin:sandbox.quota"


def _other_package(sandbox: RunningSandbox) -> None:
    """The version that is to be shipped, with another content."""
    content = build_package("custom:guarded", "1.0.0", author="somebody else")
    api(sandbox, "POST", "", data=content, headers={"Content-Type": "application/octet-stream"})


_NOTES = [
    {"key": str(number), "schema_id": _NOTE, "value": {"text": str(number)}, "match_on": ["text"]}
    for number in range(3)
]
_NAMED = [
    {"key": str(number), "schema_id": _NOTE, "value": {"text": str(number)}, "external_id": f"n{number}"}
    for number in range(3)
]
_ORDERED = [
    {"key": name, "schema_id": _HEADER, "value": {"headerName": name}, "position": position}
    for name, position in (("X-One", "first"), ("X-Two", "last"))
]


def _quotas(first: str, second: str) -> list[dict[str, Any]]:
    """An alias may be in one of them alone."""
    items = []
    for key, aliases in (("a", first), ("b", second)):
        value = {"key": key, "aliases": list(aliases), "limit": 1}
        items.append({"key": key, "schema_id": _QUOTA, "external_id": key, "value": value})
    return items


def _two_quotas(sandbox: RunningSandbox) -> None:
    made = sandbox.run("settings_objects", objects=_quotas("pq", "rs"))
    assert not made.get("failed"), made


_MORE = [
    # Nothing tells two notes apart: what is sent twice is there twice.
    Case("settings_object", {"schema_id": _NOTE, "value": {"text": "once"}, "match_on": ["text"]}, "create"),
    Case("settings_objects", {"objects": _NOTES, "batch_size": 2}, "update"),
    Case("settings_objects", {"objects": _NAMED, "batch_size": 2}, "update"),
    Case("settings_objects", {"objects": _ORDERED, "continue_on_error": True}, "update"),
    # Each gives up something, which the other one gets.
    Case("settings_objects", {"objects": _quotas("pr", "qs")}, "update", _two_quotas),
    # What is deleted must come back.
    Case("extension_upload", {"path": "{package}", "on_mismatch": "replace"}, "update", _other_package),
]

# What writes to disk alone: its own tests interrupt it.
_READING = ("sandbox_record",)
FAULT_CASES = [case for case in (*CONNECTED, *_MORE) if case.action is not None and case.module not in _READING]
