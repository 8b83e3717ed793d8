# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the option ``expect_plan`` of a module holds, and what is said of a plan that is another one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import InputError
from .expectation import ALSO, NOT, OTHERWISE, ExpectedPlan, PlannedStep, expected_plan

# How the message about differences begins.
OTHER_PLAN = "the plan differs from the expected one, so nothing was changed: "

_KINDS_OF_THINGS = ("objects", "pruned", "activegates")
_SENTENCES = {
    OTHERWISE: "would be {done}, but differently than in the expected plan",
    ALSO: "would be {done}, but the expected plan does not change it",
    NOT: "would not be changed, but the expected plan changes it",
}


@dataclass(frozen=True)
class GivenPlan:
    """What ``expect_plan`` holds for one environment. ``names``: what it calls the objects of that plan, as far as it does."""

    digest: str
    plan: ExpectedPlan
    names: Sequence[str] = ()


def given_plans(option: Any) -> tuple[GivenPlan, ...]:
    """From ``expect_plan``, one for each environment; none for an option that is not given. Raises InputError.

    It is a digest, a result of the module, or what the role settings_plan says: its JSON document, which may have several
    environments, and its statistic, which then has the digests by name. Dictionaries may be JSON texts.
    """
    if option is None:
        return ()
    return tuple(map(_given_plan, _parts(_document(option))))


def _document(option: Any) -> Mapping[str, Any]:
    document = option
    if isinstance(option, str):
        document = {"plan_digest": option}
        if option.lstrip().startswith("{"):
            document = _decoded(option)
    if isinstance(document, Mapping):
        return document
    raise InputError("expect_plan must be the plan_digest of a check run, or a dictionary that has it")


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("expect_plan begins like JSON, but is not valid JSON") from None


def _parts(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """One for each environment."""
    parts: Sequence[Mapping[str, Any]]
    if "environments" in document:
        parts = _rows(document["environments"])
    elif "plan_digest" in document:
        parts = [document]
    else:
        parts = [{"plan_digest": text} for text in document.values()]
    # One that could not be planned has no digest, and is not a reason not to carry out the plans of others.
    return list(filter(_digest_in, parts)) or [{}]


def _given_plan(part: Mapping[str, Any]) -> GivenPlan:
    digest = _digest_in(part)
    if not isinstance(digest, str):
        raise InputError("expect_plan has no digest of a plan: a check run that ends with errors has none")
    names: list[Any] = []
    for kind in _KINDS_OF_THINGS:
        for row in _rows(part.get(kind)):
            names += filter(None, map(row.get, ("key", "object_id", "id")))
    return GivenPlan(digest, expected_plan(digest), list(map(str, names)))


def _digest_in(part: Mapping[str, Any]) -> Any:
    return part.get("plan_digest")


def _rows(value: Any) -> list[Mapping[str, Any]]:
    """Empty for anything else: a document may be of a later version."""
    if not isinstance(value, (list, tuple)):
        return []
    return list(filter(_is_mapping, value))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def differences(
    given: Sequence[GivenPlan],
    environment: str,
    steps: Sequence[PlannedStep],
    others: Iterable[str],
    done: Mapping[str, str],
) -> dict[str, str]:
    """What differs from the plan that is given for this environment: a sentence by the name of each thing; empty for the same plan.

    ``others``: names of things without a change; ``done``: what is done to the others, in the past tense. Raises InputError for plans
    of other environments.
    """
    own = [plan for plan in given if plan.plan.is_of(environment)]
    if not own:
        raise InputError(
            f"expect_plan is the plan of another environment than {environment}, for which this task has an address and a token"
        )
    names = list(others)
    compared = []
    # Two hosts of an inventory may be one environment, with other values.
    for plan in own:
        other = plan.plan.compared(environment, steps, [*names, *plan.names])
        if other is None:
            return {}
        compared.append(other)
    nearest = compared[0]
    problems = {name: _SENTENCES[kind].format(done=done.get(name)) for name, kind in nearest.kinds.items()}
    if nearest.unnamed:
        problems["what this plan does not name"] = f"changes of the expected plan that are missing: {nearest.unnamed}"
    return problems
