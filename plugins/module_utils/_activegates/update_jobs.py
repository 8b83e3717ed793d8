# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module activegate_update_jobs does: bring a fleet to a version in waves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import fleet, versions, waves
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import Reader, job_path
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.change import REFUSALS
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, checked_id
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.resolve import Resolver
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.rollout import Rollout, Rules, listed
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target, key
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.waves import Member, Sight, Track
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._task import NONE, SERVER, Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._wait import until_end

_MOST_PARALLEL = 32
_NOT_BEGUN = (waves.UNTOUCHED, waves.BLOCKED)


def manage(task: Task) -> Result:
    """activegate_update_jobs."""
    given = task.params
    if not given["target_version"]:
        raise InputError("target_version is empty")
    for name, least in (("pause", 0.0), ("wait_timeout", 0.001), ("poll_interval", 0.001)):
        if given[name] < least:
            raise InputError(f"{name} must not be negative" if least == 0 else f"{name} must be more than 0 seconds")
    if not 1 <= given["parallel"] <= _MOST_PARALLEL:
        raise InputError(f"parallel must be from 1 to {_MOST_PARALLEL}")
    if given["order_by"] == fleet.GIVEN and given["activegate_ids"] is None:
        raise InputError("order_by given is the order of activegate_ids: with selector choose another one")
    for one in given["activegate_ids"] or ():
        checked_id(one)
    fleet.checked_selector(given["selector"] or {})
    return _Fleet(task).result()


class _Fleet:
    """One run of the module."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.reader = Reader(task.client)
        self.target = versions.target(task.params["target_version"])
        self.batches = fleet.batches(task.params["batch"])
        self.most_failures = fleet.amount("max_failures", task.params["max_failures"])
        self.left_out: list[dict[str, Any]] = []
        self.members: list[Member] = []
        # Those that get a job, by what was seen at the begin.
        self.planned: list[str] = []
        self.validated = NONE

    def result(self) -> Result:
        rollout = self._resumed() if self.task.step.is_resumed else self._gathered()
        if self.task.check_mode:
            self._validate(rollout)
        elif not rollout.has_ended():
            if not self.task.step.is_resumed:
                rollout.begin()
            until_end(rollout, self.task.step, self._context())
        report = self._report(rollout)
        if rollout.trouble is not None:
            rollout.trouble.details = {**report.as_dict(False, False), **rollout.trouble.details}
            raise rollout.trouble
        tracks = [(one, rollout.tracks[one.id]) for one in self.members]
        failed = [f"{one.title}: {track.text}" for one, track in tracks if track.state == waves.FAILED]
        if failed:
            self.task.warn(
                f"{len(failed)} of {len(self.members)} ActiveGates failed, as max_failures allows: {listed(failed)}"
            )
        return report

    # Gather and plan

    def _gathered(self) -> Rollout:
        activegates = self.reader.all_activegates()
        sight = Sight(activegates, self.reader.all_jobs(), int(time.time() * 1000))
        tracks = self._chosen(sight)
        ranked = sorted(self.members, key=lambda one: _place(tracks[one.id], one, sight))
        sizes = fleet.wave_sizes(len(ranked), self.batches)
        numbers = [number for number, size in enumerate(sizes, 1) for dummy in range(size)]
        self.members = [replace(one, wave=number) for one, number in zip(ranked, numbers)]
        self.planned = [one.id for one in self.members if tracks[one.id].state in _NOT_BEGUN]
        return self._rollout(sizes, tracks, sight)

    def _chosen(self, sight: Sight) -> dict[str, Track]:
        """Where the members stand; sets them, and who is left out."""
        resolver = Resolver(self.reader, self.task.warn)
        tracks: dict[str, Track] = {}
        unknown: list[str] = []
        no_build: list[InputError] = []
        for activegate_id, one in self._wanted(sight):
            reason = plan.obstacle(one) if one else None
            target = self.target
            if one and not reason:
                try:
                    target = resolver.resolved(self.target, one)
                except InputError as error:
                    no_build.append(error)
                    reason = error.msg
            member = _member(activegate_id, one, target)
            track = waves.judged(member, Track(), sight, is_due=False)
            reason = reason or _why_not_now(member, track, one)
            if one is None and track.job_id is None:
                unknown.append(activegate_id)
            elif reason:
                self.left_out.append({"id": activegate_id, "hostname": member.hostname, "reason": reason})
            else:
                self.members.append(member)
                tracks[activegate_id] = track
        self._refuse(unknown, no_build)
        return tracks

    def _wanted(self, sight: Sight) -> list[tuple[str, ActiveGate | None]]:
        """In order, each once. Of those that the selector is for, the API must know them; a given one may be restarting."""
        given = self.task.params
        ids = given["activegate_ids"]
        if ids is not None:
            known = [sight.activegates.get(one) or ActiveGate(one) for one in dict.fromkeys(ids)]
        else:
            known = [one for one in sight.activegates.values() if fleet.fits(one, given["selector"] or {})]
            if not known:
                self.task.warn(f"selector fits none of the {len(sight.activegates)} ActiveGates")
        order = given["order_by"] or (fleet.POOL if ids is None else fleet.GIVEN)
        return [(one.id, sight.activegates.get(one.id)) for one in fleet.ordered(known, order)]

    def _refuse(self, unknown: Sequence[str], no_build: Sequence[InputError]) -> None:
        if unknown:
            raise StateError(
                f"there is no ActiveGate {', '.join(unknown)}, or not connected for two hours: nothing was begun. Ids are decimal numbers "
                "that may be negative; the module activegate_info lists them"
            )
        if no_build and not self.members:
            raise no_build[0]
        for reason in sorted({one["reason"] for one in self.left_out if "offline" in one["reason"]}):
            self.task.warn(f"left out: {reason}")

    def _rollout(self, sizes: Sequence[int], tracks: dict[str, Track], sight: Sight) -> Rollout:
        given = self.task.params
        rules = Rules(
            sizes=sizes,
            most_failures=self.most_failures.of(len(self.members)),
            one_per_pool=given["one_per_pool"],
            pause=given["pause"],
            timeout=given["wait_timeout"],
            interval=given["poll_interval"],
            parallel=given["parallel"],
        )
        return Rollout(self.task.client, self.reader, rules, self.members, tracks, sight)

    # One step after the other

    def _context(self) -> dict[str, Any]:
        return {"members": [asdict(one) for one in self.members], "left_out": self.left_out, "planned": self.planned}

    def _resumed(self) -> Rollout:
        kept = self.task.step.context
        self.left_out, self.planned = list(kept["left_out"]), list(kept["planned"])
        self.members = [Member(**{**one, "target": Target(**one["target"])}) for one in kept["members"]]
        sizes = fleet.wave_sizes(len(self.members), self.batches)
        rollout = self._rollout(sizes, {}, Sight({}, {}, 0))
        rollout.restore(self.task.step.state or {})
        return rollout

    # Check mode

    def _validate(self, rollout: Rollout) -> None:
        """Each job that would be made. Where another's job is in its way, the server may refuse for that alone."""
        due = [one for one in self.members if one.id in set(self.planned)]

        def validate(member: Member) -> str | None:
            try:
                body = {"targetVersion": member.target.posted}
                self.task.client.post(f"{job_path(member.id)}/validator", body, is_read=True)
            except ApiError as error:
                if error.status not in REFUSALS:
                    raise
                return None if rollout.tracks[member.id].state == waves.BLOCKED else error.msg
            return None

        with ThreadPoolExecutor(self.task.params["parallel"]) as pool:
            refusals = list(pool.map(validate, due))
        self.validated = SERVER if due else NONE
        for member, refusal in zip(due, refusals):
            if refusal:
                rollout.tracks[member.id] = Track(waves.FAILED, refusal)
        refused = [f"{one.title}: {text}" for one, text in zip(due, refusals) if text]
        if len(refused) > rollout.rules.most_failures:
            rollout.trouble = StateError(
                f"the server would refuse {len(refused)} of {len(due)} jobs, and max_failures is {rollout.rules.most_failures}: "
                f"{listed(refused)}"
            )

    # Report

    def _report(self, rollout: Rollout) -> Result:
        counts = waves.counts(rollout.tracks.values())
        things: dict[str, Any] = {
            "activegates": [self._row(one, rollout) for one in self.members],
            "left_out": self.left_out,
            "waves": [
                {"wave": number, "activegate_ids": [one.id for one in self.members if one.wave == number]}
                for number in range(1, len(rollout.rules.sizes) + 1)
            ],
            "summary": {
                "fleet": len(self.members),
                "wave": rollout.wave if rollout.rules.sizes else 0,
                "waves": len(rollout.rules.sizes),
                "done": counts[waves.DONE],
                "running": counts[waves.RUNNING],
                "failures": counts[waves.FAILED],
                "cancelled": counts[waves.CANCELLED],
                "untouched": counts[waves.UNTOUCHED],
                "left_out": len(self.left_out),
            },
        }
        made = (
            self.planned
            if self.task.check_mode
            else [one for one, track in rollout.tracks.items() if track.is_ours and track.job_id]
        )
        members = [one for one in self.members if one.id in set(made)]
        before = {one.title: one.version for one in members}
        after = {one.title: one.target.posted for one in members}
        return Result(things, "create" if made else "none", before, after, "ActiveGates", self.validated)

    @staticmethod
    def _row(member: Member, rollout: Rollout) -> dict[str, Any]:
        track, seen = rollout.tracks[member.id], rollout.sight.activegates.get(member.id)
        return {
            "id": member.id,
            "hostname": member.hostname,
            "wave": member.wave,
            "state": waves.UNTOUCHED if track.state == waves.BLOCKED else track.state,
            "reason": track.text,
            "start_version": member.version,
            "target_version": member.target.posted,
            "version": seen.version if seen else None,
            "online": seen.is_online if seen else None,
            "job_id": track.job_id,
            "job_state": track.job_state,
        }


def _member(activegate_id: str, one: ActiveGate | None, target: Target) -> Member:
    return Member(activegate_id, one.hostname if one else None, one.version if one else None, target, 0)


def _place(track: Track, member: Member, sight: Sight) -> int:
    """What an update has brought there comes first and what runs next, so that a run that is started again is in the same wave.

    What has the version in another way, such as a new installation, proves nothing about updates and takes nobody's place: it is last.
    """
    if track.state == waves.RUNNING:
        return 1
    if track.state != waves.DONE:
        return 2
    return 0 if plan.was_updated(sight.jobs.get(member.id, ()), member.target) else 3


def _why_not_now(member: Member, track: Track, one: ActiveGate | None) -> str | None:
    """Why an ActiveGate is left out, though it could be updated by a job."""
    if one is None or track.job_id is not None:
        return None
    if track.state == waves.DONE:
        is_newer = member.target.is_resolved and key(one.version) > key(member.target.version)
        return track.text if is_newer else None
    return None if one.is_online else f"{one.title} is offline: a job would only wait for it"
