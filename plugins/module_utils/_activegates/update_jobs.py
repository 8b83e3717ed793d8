# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module activegate_update_jobs does: bring a fleet to a version in waves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from .._change.expectation import PlannedStep, digest_of
from .._change.given_plans import OTHER_PLAN, GivenPlan, differences, given_plans
from .._change.many import each
from .._errors import CollectionError, InputError, StateError
from .._task import LOCAL, SERVER, Result, Task
from .._text import listed
from .._wait import until_end
from . import fleet, versions, waves
from . import update_job_plan as plan
from .api import ActiveGateApi
from .fleet import Amount, Selector
from .follow import Pace
from .model import ActiveGate, checked_id, is_refusal
from .rollout import Rollout, RolloutOptions, RolloutRules, look
from .versions import Target, key
from .waves import Member, Sight, Track

_LEAST_SECONDS = 0.001


@dataclass(frozen=True)
class FleetOptions:
    """``activegate_ids`` None: the selector tells. ``batches``: the sizes of the waves. ``expected``: the only plan that is carried out."""

    activegate_ids: tuple[str, ...] | None
    selector: Selector
    order_by: str
    target: Target
    batches: tuple[Amount, ...]
    most_failures: Amount
    rollout: RolloutOptions
    expected: tuple[GivenPlan, ...] = ()


def ensure(task: Task) -> Result:
    """activegate_update_jobs."""
    options = _options(task.params)
    # A whole result is a long text to repeat.
    task.shown["expect_plan"] = [given.digest for given in options.expected]
    return _FleetUpdate(task, options).result()


def _options(given: Mapping[str, Any]) -> FleetOptions:
    if not given["target_version"]:
        raise InputError("target_version is empty")
    rollout = _rollout_options(given)
    ids = given["activegate_ids"]
    if given["order_by"] == fleet.GIVEN and ids is None:
        raise InputError("order_by=given is the order of activegate_ids: choose another one with selector")
    return FleetOptions(
        activegate_ids=None if ids is None else tuple(map(checked_id, ids)),
        selector=Selector.given(given["selector"] or {}),
        order_by=given["order_by"] or (fleet.POOL if ids is None else fleet.GIVEN),
        target=versions.target(given["target_version"]),
        batches=fleet.batches(given["batch"]),
        most_failures=fleet.amount("max_failures", given["max_failures"]),
        rollout=rollout,
        expected=given_plans(given["expect_plan"]),
    )


def _rollout_options(given: Mapping[str, Any]) -> RolloutOptions:
    for name in ("wait_timeout", "poll_interval"):
        if given[name] < _LEAST_SECONDS:
            raise InputError(f"{name} must be more than 0 seconds")
    if given["pause"] < 0:
        raise InputError("pause must not be negative")
    pace = Pace(given["wait_timeout"], given["poll_interval"])
    return RolloutOptions(pace, given["pause"], given["one_per_pool"], given["parallel"])


@dataclass
class _Choice:
    """Who takes part. ``left_out``: who was meant and does not, with the reason; ``unknown``: ids that there are not."""

    members: list[Member] = field(default_factory=list)
    tracks: dict[str, Track] = field(default_factory=dict)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    no_build: list[InputError] = field(default_factory=list)

    def refuse(self) -> None:
        """Before anything is begun."""
        if self.unknown:
            raise StateError(
                f"there is no ActiveGate {', '.join(self.unknown)}, or not connected for two hours: no update was started. Ids are decimal "
                "numbers that may be negative; the module activegate_info lists them"
            )
        if self.no_build and not self.members:
            raise self.no_build[0]


class _FleetUpdate:
    """One run of the module."""

    def __init__(self, task: Task, options: FleetOptions) -> None:
        self._task = task
        self._options = options
        self._api = ActiveGateApi(task.client)

    def result(self) -> Result:
        sight = look(self._api)
        choice = self._choice(sight)
        rollout = self._rollout(choice, sight)
        steps = list(map(_step, rollout.to_begin()))
        self._check_expected(choice, rollout, steps)
        result = self._carried_out(rollout, choice)
        digest = digest_of(self._task.client.environment_id, steps)
        return dataclasses.replace(result, things={**result.things, "plan_digest": digest})

    def _check_expected(self, choice: _Choice, rollout: Rollout, steps: Sequence[PlannedStep]) -> None:
        """Raises InputError that names the ActiveGates for which another plan was expected."""
        if not self._options.expected:
            return
        others = [*map(attrgetter("id"), rollout.members), *map(itemgetter("id"), choice.left_out)]
        done = dict.fromkeys(map(attrgetter("name"), steps), "updated")
        problems = differences(self._options.expected, self._task.client.environment_id, steps, others, done)
        if problems:
            texts = list(map(": ".join, problems.items()))
            raise InputError(OTHER_PLAN + listed(texts), {"errors": problems, "other_plan": True})

    def _carried_out(self, rollout: Rollout, choice: _Choice) -> Result:
        self._task.partial = lambda: self._report(rollout, choice, []).as_dict(False, False)
        if self._task.check_mode:
            return self._predicted(rollout, choice)
        if not rollout.has_ended():
            rollout.begin()
            until_end(rollout, self._task.tell)
        if rollout.trouble is not None:
            raise rollout.trouble
        self._warn_of_failures(rollout)
        return self._report(rollout, choice, [])

    # Gather and plan

    def _choice(self, sight: Sight) -> _Choice:
        choice = _Choice()
        for activegate_id in self._meant(sight):
            self._choose(choice, activegate_id, sight)
        choice.refuse()
        warnings = {versions.unresolved_warning(member.target) for member in choice.members}
        warnings |= {f"left out: {row['reason']}" for row in choice.left_out if "offline" in row["reason"]}
        for warning in sorted(warnings - {""}):
            self._task.warn(warning)
        return choice

    def _meant(self, sight: Sight) -> list[str]:
        """In order, each once. Of those that the selector is for, the API must know them; a given one may be restarting."""
        ids, known = self._options.activegate_ids, sight.activegates
        if ids is not None:
            meant = [known.get(activegate_id, ActiveGate(activegate_id)) for activegate_id in dict.fromkeys(ids)]
        else:
            meant = list(filter(self._options.selector.fits, known.values()))
            if not meant:
                self._task.warn(f"selector fits none of the {len(known)} ActiveGates")
        return [activegate.id for activegate in fleet.ordered(meant, self._options.order_by)]

    def _choose(self, choice: _Choice, activegate_id: str, sight: Sight) -> None:
        activegate, target = sight.activegate(activegate_id), self._options.target
        reason = plan.obstacle(activegate)
        if activegate.is_known and not reason:
            try:
                target = self._api.resolved(target, activegate)
            except InputError as error:
                choice.no_build.append(error)
                reason = error.msg
        member = Member(activegate_id, activegate.hostname, activegate.version, target)
        track = waves.judged(member, Track(), sight, is_due=False)
        reason = reason or _why_not_now(member, track, activegate)
        if not activegate.is_known and track.job_id is None:
            choice.unknown.append(activegate_id)
        elif reason:
            choice.left_out.append({"id": activegate_id, "hostname": member.hostname, "reason": reason})
        else:
            choice.members.append(member)
            choice.tracks[activegate_id] = track

    def _rollout(self, choice: _Choice, sight: Sight) -> Rollout:
        options = self._options
        members = waves.lined_up(choice.members, choice.tracks, sight, options.batches)
        rules = RolloutRules(
            title=waves.title(members, options.target),
            sizes=fleet.wave_sizes(len(members), options.batches),
            most_failures=options.most_failures.of(len(members)),
            retries=self._task.client.retries,
            options=options.rollout,
        )
        return Rollout(self._api, self._task.journal, rules, members, choice.tracks, sight)

    # Check mode

    def _predicted(self, rollout: Rollout, choice: _Choice) -> Result:
        """The server validates each job that would be made. Where another's job is in its way, it may refuse for that alone."""
        due = rollout.to_begin()
        refusals = self._refusals(due, rollout)
        for member_id, refusal in refusals.items():
            rollout.tracks[member_id] = Track(waves.FAILED, refusal)
        self._task.partial = lambda: self._report(rollout, choice, due).as_dict(False, False)
        if len(refusals) > rollout.rules.most_failures:
            texts = [f"{member.title}: {refusals[member.id]}" for member in due if member.id in refusals]
            raise StateError(
                f"the server would refuse {len(refusals)} of {len(due)} jobs, and max_failures is {rollout.rules.most_failures}: "
                f"{listed(texts)}"
            )
        self._warn_of_failures(rollout)
        report = self._report(rollout, choice, due)
        report.validated = SERVER if due else LOCAL
        return report

    def _refusals(self, due: Sequence[Member], rollout: Rollout) -> dict[str, str]:
        """What the server says against jobs, by the id of the ActiveGate."""
        refusals = {}
        for member, answer in zip(due, each(due, self._validated, self._options.rollout.parallel)):
            if isinstance(answer, CollectionError):
                if not is_refusal(answer):
                    raise answer
                if rollout.tracks[member.id].state != waves.BLOCKED:
                    refusals[member.id] = answer.msg
        return refusals

    def _validated(self, member: Member) -> bool:
        self._api.validate_job(member.id, member.target.posted)
        return True

    # Report

    def _warn_of_failures(self, rollout: Rollout) -> None:
        failed = [f"{member.title}: {rollout.tracks[member.id].text}" for member in rollout.failed()]
        if failed:
            self._task.warn(
                f"{len(failed)} of {len(rollout.members)} ActiveGates failed, as max_failures allows: {listed(failed)}"
            )

    def _report(self, rollout: Rollout, choice: _Choice, predicted: Sequence[Member]) -> Result:
        """``predicted``: those that would get a job, in check mode."""
        members = rollout.members
        things = {
            "activegates": [_row(member, rollout) for member in members],
            "left_out": choice.left_out,
            "waves": [
                {"wave": number, "activegate_ids": [member.id for member in wave]}
                for number, wave in rollout.in_waves.items()
            ],
            "summary": {**_summary(rollout), "left_out": len(choice.left_out)},
        }
        before, after = {}, {}
        for member in predicted or rollout.made():
            before[member.title], after[member.title] = member.version, member.target.posted
        return Result(things, "create" if after else "none", before, after, "ActiveGates")


def _why_not_now(member: Member, track: Track, activegate: ActiveGate) -> str | None:
    """Why an ActiveGate is left out, though it could be updated by a job."""
    if not activegate.is_known or track.job_id is not None:
        return None
    if track.state == waves.DONE:
        is_newer = member.target.is_resolved and key(activegate.version) > key(member.target.version)
        if is_newer:
            return track.text
        return None
    if activegate.is_online:
        return None
    return f"{activegate.title} is offline: a job would only wait for it"


def _step(member: Member) -> PlannedStep:
    """The job that is to be made. What becomes of it, nobody knows beforehand."""
    content = {
        "action": "create",
        "activegate": member.id,
        "read": member.version,
        "sent": member.target.posted,
        "wave": member.wave,
    }
    return PlannedStep(member.id, content)


def _row(member: Member, rollout: Rollout) -> dict[str, Any]:
    track, activegate = rollout.tracks[member.id], rollout.sight.activegate(member.id)
    return {
        "id": member.id,
        "hostname": member.hostname,
        "wave": member.wave,
        "state": waves.shown_state(track),
        "reason": track.text,
        "start_version": member.version,
        "target_version": member.target.posted,
        "version": activegate.version,
        "online": activegate.is_online if activegate.is_known else None,
        "job_id": track.job_id,
        "job_state": track.job_state,
    }


def _summary(rollout: Rollout) -> dict[str, int]:
    numbers = waves.counts(rollout.tracks.values())
    return {
        "fleet": len(rollout.members),
        "wave": rollout.wave if rollout.rules.sizes else 0,
        "waves": len(rollout.rules.sizes),
        "done": numbers[waves.DONE],
        "running": numbers[waves.RUNNING],
        "failures": numbers[waves.FAILED],
        "cancelled": numbers[waves.CANCELLED],
        "untouched": numbers[waves.UNTOUCHED],
    }
