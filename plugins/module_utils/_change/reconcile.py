# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The way that every change takes, and the one place that knows what to do when its answer is lost or it came too late.

gather (read what is there) -> plan (pure) -> apply (write, or let the server validate).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    OvertakenError,
    RequestError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client

State = TypeVar("State")


class Plan(Protocol):
    """What a plan function returns, as far as this file is concerned."""

    @property
    def action(self) -> str:
        """``none``: there is nothing to do."""


AnyPlan = TypeVar("AnyPlan", bound=Plan)
Outcome = TypeVar("Outcome")


def reconcile(
    client: Client,
    gather: Callable[[], State],
    plan: Callable[[State], AnyPlan],
    apply: Callable[[AnyPlan], Outcome],
    retry_conflict: bool = True,
) -> tuple[AnyPlan, Outcome | None]:
    """The plan that was carried out, and what ``apply`` returned; None where there was nothing (more) to do.

    After a lost answer everything is read again. Is the wanted state there, the write had arrived, and the first plan is what
    happened; else it is planned and sent again, at most as often as the client retries. A conflict (somebody else was faster:
    409, or 404 for a thing that was just read) is treated likewise with ``retry_conflict``; without it it is an error, unless
    it may be the echo of our own lost write. The last look is never left out: it is no retry. Neither is the one that follows an
    OvertakenError.
    """
    unsure: AnyPlan | None = None
    lost: LostAnswerError | None = None
    failures: list[RequestError] = []
    refused: AnyPlan | None = None
    attempt = 0
    while True:
        try:
            planned = plan(gather())
        except CollectionError as error:
            if lost is None:
                raise
            # Whatever it says: that something may have been changed must not get lost as well.
            text = f"{lost.msg}, and a second look failed: {error.msg}"
            raise LostAnswerError(text, lost.method, lost.url) from error
        if planned.action == "none":
            return (planned if unsure is None else unsure), None
        if failures and attempt > client.retries:
            raise failures[-1]
        try:
            return planned, apply(planned)
        except LostAnswerError as error:
            unsure = unsure or planned
            lost = error
            failures.append(error)
        except OvertakenError as error:
            if planned == refused:
                raise error.refusal from error
            refused = planned
            continue
        except ApiError as error:
            # A 404 for the same plan twice is no conflict: nothing changed in between.
            is_gone = error.status == 404 and error.method in ("PUT", "DELETE") and planned != refused
            may_retry = retry_conflict or unsure is not None
            if not (error.status == 409 or is_gone) or not may_retry:
                raise
            refused = planned
            failures.append(error)
        client.wait_before_retry(attempt)
        attempt += 1
