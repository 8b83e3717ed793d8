# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A rollout of ActiveGates: what speaks against it beforehand, and what is to be said of it afterwards. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import UP_TO_DATE
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import LATEST, Target, key
from ansible_collections.community.dynatrace.plugins.module_utils._text import listed
from ansible_collections.community.dynatrace.plugins.plugin_utils._error_table import error_table, wrapped
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

STATES = ("done", "failed", "running", "cancelled", "untouched")
SUCCEEDED, FAILED, PREDICTED = "succeeded", "failed", "predicted"
# What is said of ActiveGates, by state and the like: of a rollout, and of one that is only predicted.
SAYS = {
    "done": "done",
    "failed": "failed",
    "running": "still running",
    "cancelled": "cancelled",
    "untouched": "not begun",
    "unverified": "done, but the result is not as expected",
    "left-out": "left out",
}
PREDICTS = {
    **SAYS,
    "done": "up to date already",
    "failed": "would be refused",
    "running": "running already",
    "untouched": "would be updated",
}
_UNKNOWN = "Dynatrace does not know {}: they have not been connected for two hours, or there are none"
_RUNNING = ("PENDING", "SCHEDULED", "IN_PROGRESS")
# Milliseconds after the end of an update in which an ActiveGate may be away; as settle_time of the modules.
_RESTART = 1_800_000


def objections(
    activegate_ids: Sequence[str],
    activegates: Iterable[Mapping[str, Any]],
    jobs: Iterable[Mapping[str, Any]],
    target_version: str,
    now: int,
    cluster_version: str | None = None,
    may_be_offline: bool = False,
    may_be_running: bool = False,
) -> list[str]:
    """What speaks against beginning, in words; empty when all is well.

    ``activegates`` and ``jobs``: as the info modules return them. ``now``: UTC milliseconds. ``cluster_version``: None when it is
    not known. What can only be left out of a rollout, such as containers, is not an objection; neither is what restarts after an update.
    """
    jobs = [job for job in jobs if job.get("update_type") in (None, "ACTIVE_GATE")]
    by_id = _by(activegates, "id")
    meant = list(map(str, activegate_ids))
    concerned = {_UNKNOWN: [activegate_id for activegate_id in meant if activegate_id not in by_id]}
    if not may_be_offline:
        concerned["offline: {}"] = _offline(meant, by_id, jobs, now)
    if not may_be_running:
        concerned["updates are running already: {}"] = _running(meant, by_id, jobs)
    texts = [text.format(listed(names, separator=", ")) for text, names in concerned.items() if names]
    if cluster_version and _is_newer(target_version, cluster_version):
        texts.append(
            f"version {target_version} is newer than the cluster's, which is {cluster_version}: update the cluster first"
        )
    return texts


def _by(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    """Rows by the text of a field."""
    return {str(row.get(name)): row for row in rows}


def _offline(
    meant: Sequence[str], by_id: Mapping[str, Mapping[str, Any]], jobs: Sequence[Mapping[str, Any]], now: int
) -> list[str]:
    """The titles of those that are away, and not because of an update a moment ago."""
    back_soon = {str(job.get("activegate_id")) for job in jobs if now - (job.get("timestamp") or 0) < _RESTART}
    titles = []
    for activegate_id in meant:
        activegate = by_id.get(activegate_id)
        if activegate is None or activegate_id in back_soon:
            continue
        if _is_away(activegate):
            titles.append(_title(activegate))
    return titles


def _running(
    meant: Sequence[str], by_id: Mapping[str, Mapping[str, Any]], jobs: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What is being updated, and to which version."""
    texts = []
    for job in jobs:
        activegate_id = str(job.get("activegate_id"))
        if activegate_id in meant and job.get("job_state") in _RUNNING:
            texts.append(f"{_title(by_id.get(activegate_id, {'id': activegate_id}))} to {job.get('target_version')}")
    return texts


def report(
    result: Mapping[str, Any],
    activegates: Iterable[Mapping[str, Any]] | None = None,
    jobs: Iterable[Mapping[str, Any]] = (),
    begun: int = 0,
    ended: int = 0,
    is_check: bool = False,
) -> dict[str, Any]:
    """What came of a run of activegate_update_jobs, ``result``. Times are UTC milliseconds.

    ``activegates`` and ``jobs``: as they were read afterwards, to see whether it is so and when what happened.
    ValueError for a result that is about no fleet: the task failed before it had read one.
    """
    seen = None
    if activegates is not None:
        seen = _by(activegates, "id")
    known = _by(jobs, "job_id")
    entries = [_entry(row, seen, known) for row in _rows(result)]
    unverified = [entry["verified"] for entry in entries].count(False)
    summary = {**result.get("summary", {}), "unverified": unverified}
    outcome, says = SUCCEEDED, SAYS
    if is_check:
        outcome, says = PREDICTED, PREDICTS
    if result.get("error") or unverified:
        outcome = FAILED
    msg = _message(result)
    failures = list(chain.from_iterable(map(_failures, entries)))
    sentence = _sentence(msg, failures)
    return {
        "outcome": outcome,
        "msg": msg,
        "sentence": sentence,
        "failures": failures,
        "lines": _lines(sentence, failures),
        "prediction": is_check,
        "changed": bool(result.get("changed")),
        "begun": begun,
        "ended": ended,
        "summary": summary,
        "counts": _counts(summary, says),
        "waves": [_wave(wave, entries) for wave in result.get("waves", ())],
        "left_out": list(map(dict, result.get("left_out", ()))),
    }


def _rows(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows = result.get("activegates")
    if not isinstance(rows, (list, tuple)):
        raise ValueError(str(result.get("msg") or "this is not a result of activegate_update_jobs"))
    return rows


def _message(result: Mapping[str, Any]) -> str:
    """Of a run that failed."""
    if not result.get("error"):
        return ""
    return str(result.get("msg") or "")


def _sentence(msg: str, failures: Sequence[Mapping[str, str]]) -> str:
    """Without what repeats the failures, which are listed by themselves."""
    if failures and ";" in msg:
        return msg.partition(": ")[0]
    return msg


def _counts(summary: Mapping[str, int], says: Mapping[str, str]) -> str:
    """Such as "5 ActiveGates: 3 done, 2 failed"."""
    numbers = {**summary, "failed": summary.get("failures"), "left-out": summary.get("left_out")}
    parts = []
    for kind, words in says.items():
        if numbers.get(kind):
            parts.append(f"{numbers[kind]} {words}")
    return f"{count(summary['fleet'], 'ActiveGate')}: {', '.join(parts) or 'nothing to do'}."


def _failures(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is to be said of an ActiveGate that failed, or that does not show what was done."""
    name = str(entry.get("hostname") or entry.get("id"))
    wave = str(entry.get("wave") or "")
    if entry.get("state") == FAILED:
        return [{"name": name, "wave": wave, "reason": str(entry.get("reason") or "it failed")}]
    if entry["verified"] is False:
        return [{"name": name, "wave": wave, "reason": f"it is not online with {entry.get('target_version')}"}]
    return []


def _lines(sentence: str, failures: Sequence[Mapping[str, str]]) -> list[str]:
    """For a terminal."""
    errors = [(failure["reason"], (failure["name"], failure["wave"])) for failure in failures]
    return [*wrapped(sentence), *error_table(("ACTIVEGATE", "WAVE"), errors)]


def _entry(
    row: Mapping[str, Any], seen: Mapping[str, Mapping[str, Any]] | None, jobs: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A row of the result, with the times of its job and whether the ActiveGate shows it now, None where that is not asked."""
    job = jobs.get(str(row.get("job_id")), {})
    begun, ended, duration = None, job.get("timestamp"), job.get("duration")
    if ended is not None and duration is not None:
        begun = ended - duration
    verified = None
    if seen is not None and row.get("state") == "done":
        verified = _shows(seen.get(str(row.get("id"))), str(row.get("target_version")))
    return {**row, "begun": begun, "ended": ended, "verified": verified}


def _shows(activegate: Mapping[str, Any] | None, wanted: str) -> bool:
    """Whether it is online with the version. What ``latest`` is, is left to the server where it cannot be known."""
    if activegate is None or activegate.get("offlineSince") is not None:
        return False
    if wanted == LATEST:
        return activegate.get("autoUpdateStatus") == UP_TO_DATE
    return Target(wanted, wanted).is_met_by(activegate.get("version"))


def _wave(wave: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    members = [entry for entry in entries if entry.get("wave") == wave.get("wave")]
    return {
        "wave": wave.get("wave"),
        "begun": min(_moments(members, "begun"), default=None),
        "ended": max(_moments(members, "ended"), default=None),
        "activegates": members,
    }


def _moments(entries: Sequence[Mapping[str, Any]], name: str) -> list[int]:
    """Those that are known."""
    return [entry[name] for entry in entries if entry[name] is not None]


def _is_away(activegate: Mapping[str, Any]) -> bool:
    """Cluster and containerised ActiveGates are left out of a rollout, so whether they are there is no matter."""
    if activegate.get("type") == "CLUSTER" or activegate.get("containerized"):
        return False
    return activegate.get("offlineSince") is not None


def _is_newer(target_version: str, cluster_version: str) -> bool:
    """By major and minor, as far as both are known; builds of the cluster and of ActiveGates are counted apart."""
    target, cluster = key(target_version)[:2], key(cluster_version)[:2]
    return bool(target and cluster) and target > cluster[: len(target)]


def _title(activegate: Mapping[str, Any]) -> str:
    name = activegate.get("hostname")
    if name:
        return f"{activegate.get('id')} ({name})"
    return str(activegate.get("id"))
