# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The plan of the role extension_rollout, from what its tasks say in check mode, its digest, and what went wrong. Pure.

The schema of a monitoring configuration comes with the version. Until that is stored, a listed configuration has no value to be sent, and
nobody knows which of its texts are secrets. Its part of the digest is what is stored now, and what is listed without such texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.expectation import PlannedStep, digest_of
from ansible_collections.community.dynatrace.plugins.module_utils._change.given_plans import (
    OTHER_PLAN,
    differences,
    given_plans,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._text import listed
from ansible_collections.community.dynatrace.plugins.plugin_utils._error_table import error_table, wrapped

_CERTIFICATE = "the root certificate"
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}
_DEFAULT_SCOPE = "environment"
# Properties of a listed configuration and of its value that hold no secrets.
_NO_SECRETS = ("scope", "state", "configuration_id", "description", "version", "featureSets", "activationContext")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RolloutResults:
    """What the tasks of the role returned in check mode; a task that was skipped returned nothing.

    ``before``: the monitoring configurations as they are, by id. ``wanted``: the listed ones. ``keep_versions`` 0: all stay.
    """

    trusted: Row
    uploaded: Row
    before: Mapping[str, Row]
    activated: Row
    configured: Row
    pruned: Row
    wanted: Sequence[Row]
    moves_others: bool
    keep_versions: int

    @property
    def name(self) -> str:
        return str(self.uploaded["package"]["name"])

    @property
    def version(self) -> str:
        return str(self.uploaded["package"]["version"])


@dataclass(frozen=True)
class _Change:
    """``done``: what is done to the thing, in the past tense."""

    name: str
    done: str
    content: Mapping[str, Any]


def results_of(given: Row) -> RolloutResults:
    """From the registered results, by the names of the fields of RolloutResults. Raises InputError for one listed that is none."""
    stored = given["before"].get("configurations", ())
    wanted = list(given["wanted"])
    for index, item in enumerate(wanted):
        if not isinstance(item, Mapping):
            raise InputError(f"extension_rollout_configurations[{index}] is not a dictionary")
    return RolloutResults(
        trusted=given["trusted"],
        uploaded=given["uploaded"],
        before={row["configuration_id"]: row for row in stored},
        activated=given["activated"],
        configured=given["configured"],
        pruned=given["pruned"],
        wanted=wanted,
        moves_others=given["other_configurations"] == "move",
        keep_versions=int(given["keep_versions"]),
    )


def rollout_plan(results: RolloutResults, expected: Any) -> dict[str, Any]:
    """``plan_digest``; ``difference``: how the plan differs from the expected one, empty where it does not, and the same as ``lines``."""
    environment = str(results.uploaded["environment_id"])
    changes = list(_changes(results))
    steps = [PlannedStep(change.name, change.content) for change in changes]
    done = {change.name: change.done for change in changes}
    others = [name for name in _names(results) if name not in done]
    problems: Mapping[str, str] = {}
    if expected == "":
        expected = None
    try:
        given = given_plans(expected)
        if given:
            problems = differences(given, environment, steps, others, done)
    except InputError as error:
        return {"plan_digest": None, "difference": error.msg, "lines": wrapped(error.msg)}
    plan = {"plan_digest": digest_of(environment, steps), "difference": "", "lines": []}
    if problems:
        texts = [f"{name}: {text}" for name, text in problems.items()]
        table = error_table(("CHANGE",), [(text, (name,)) for name, text in problems.items()])
        plan.update(difference=OTHER_PLAN + listed(texts), lines=[*wrapped(OTHER_PLAN.rstrip(": ") + "."), *table])
    return plan


def _names(results: RolloutResults) -> Iterator[str]:
    """Of all things that a plan may change, as far as they are known."""
    yield _CERTIFICATE
    yield f"{results.name} {results.version}"
    yield _active_version(results)
    yield _old_versions(results)
    yield from map(_stored_title, results.before.values())
    yield from (_wanted_title(results, item) for item in results.wanted)


def _changes(results: RolloutResults) -> Iterator[_Change]:
    yield from _of_certificate(results)
    yield from _of_version(results)
    for row in _moved(results):
        content = {"id": row["configuration_id"], "read": row["value"], "sent": results.version}
        yield _Change(_stored_title(row), "moved", {"action": "move", **content})
    if "configurations" in results.configured:
        yield from _of_configurations(results)
    else:
        yield from _of_unknown_configurations(results)
    if results.keep_versions:
        deleted = list(results.pruned.get("pruned_versions", ()))
        yield _Change(_old_versions(results), "deleted", {"keep": results.keep_versions, "deleted": deleted})


def _of_certificate(results: RolloutResults) -> Iterator[_Change]:
    trusted = results.trusted
    if trusted.get("changed"):
        content = {"action": trusted["action"], "fingerprint": trusted["certificate"]["fingerprint"]}
        yield _Change(_CERTIFICATE, "put into the vault", content)


def _of_version(results: RolloutResults) -> Iterator[_Change]:
    uploaded, version = results.uploaded, results.version
    # Without its certificate in the vault, the server cannot accept it yet.
    action = "create" if "error" in uploaded else uploaded["action"]
    if action != "none":
        pruned = list(uploaded.get("pruned_versions", ()))
        content = {"action": action, "sha256": uploaded["package"]["sha256"], "deleted": pruned}
        yield _Change(f"{results.name} {version}", "uploaded", content)
    active = uploaded["previous_version"]
    if active != version:
        yield _Change(_active_version(results), "changed", {"action": "activate", "read": active, "sent": version})


def _moved(results: RolloutResults) -> list[Row]:
    if "moved_configurations" in results.activated:
        ids = [row["configuration_id"] for row in results.activated["moved_configurations"]]
        return [results.before[configuration_id] for configuration_id in ids if configuration_id in results.before]
    if not results.moves_others:
        return []
    return [row for row in results.before.values() if row["version"] != results.version]


def _of_configurations(results: RolloutResults) -> Iterator[_Change]:
    for row, item in zip(results.configured["configurations"], results.wanted):
        if row["action"] == "none":
            continue
        stored = results.before.get(str(row["configuration_id"]), {})
        content = {
            "action": row["action"],
            "id": row["configuration_id"],
            "scope": row["scope"],
            "read": stored.get("value"),
            "sent": row["value"],
        }
        yield _Change(_wanted_title(results, item), _DONE[row["action"]], content)


def _of_unknown_configurations(results: RolloutResults) -> Iterator[_Change]:
    for item in results.wanted:
        read = {row["configuration_id"]: row["value"] for row in _candidates(results, item)}
        content = {"action": "configure", "read": read, "listed": _without_texts(item)}
        yield _Change(_wanted_title(results, item), "configured", content)


def _without_texts(value: Any) -> Any:
    """Each text may be a secret, but for those of properties that every extension has."""
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return list(map(_without_texts, value))
    if isinstance(value, Mapping):
        parts = dict(value)
        for name in value.keys() - set(_NO_SECRETS):
            parts[name] = _without_texts(value[name])
        return parts
    return value


def _candidates(results: RolloutResults, item: Row) -> list[Row]:
    """Which of those that are stored the item may mean."""
    configuration_id = item.get("configuration_id")
    if configuration_id:
        row = results.before.get(str(configuration_id))
        return list(filter(None, [row]))
    title = _wanted_title(results, item)
    return [row for row in results.before.values() if _stored_title(row) == title]


# names


def _active_version(results: RolloutResults) -> str:
    return f"the active version of {results.name}"


def _old_versions(results: RolloutResults) -> str:
    return f"old versions of {results.name}"


def _wanted_title(results: RolloutResults, item: Row) -> str:
    stored = results.before.get(str(item.get("configuration_id")))
    if stored is not None:
        return _stored_title(stored)
    return _title(item.get("scope") or _DEFAULT_SCOPE, _description(item))


def _description(item: Row) -> Any:
    value = item.get("value")
    if isinstance(value, Mapping):
        return value.get("description")
    return None


def _stored_title(row: Row) -> str:
    return _title(row["scope"], row["description"])


def _title(scope: Any, description: Any) -> str:
    if description:
        return f"configuration '{description}' on {scope}"
    return f"configuration without description on {scope}"


# what went wrong


def configuration_failures(result: Row, wanted: Sequence[Row]) -> list[str]:
    """Lines for a terminal, of a list of monitoring configurations that failed. ``result``: of the module, for the ``wanted`` ones.

    Empty where none failed by itself, as when the status of all is waited for.
    """
    errors = result.get("errors")
    if isinstance(errors, Mapping):
        return error_table(("CONFIGURATION",), [(str(text), (str(name),)) for name, text in errors.items()])
    failed = []
    for row, item in zip(result.get("configurations", ()), wanted):
        title = _title(row["scope"], _description(item))
        failed += [(message, (title, path)) for path, message in _messages(row["error"])]
    return error_table(("CONFIGURATION", "PATH"), failed)


def _messages(error: Row | None) -> list[tuple[str, str]]:
    """Path and message of each violation. What the server says above their list says nothing more."""
    if error is None:
        return []
    violations = [(str(row["path"] or ""), str(row["message"])) for row in error["constraint_violations"]]
    return violations or [("", str(error["message"]))]
