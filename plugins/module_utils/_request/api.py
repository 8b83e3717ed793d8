# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api does: any request that writes, not sent where what it asks for is there already, nor twice by accident.

Whether it is there is found by reading the same path (PUT, PATCH, DELETE) or a list (POST); API facts, 0.6 to 0.8 for how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._change.reconcile import ALWAYS, NEVER, Policy, Reconciled, reconcile
from .._errors import ApiError
from .._task import LOCAL, NONE, SERVER, Result, Task
from . import values
from .api_options import ApiOptions, Search
from .api_plan import FoundContent, RequestPlan, plan
from .endpoint import Endpoint
from .pages import PagedList, current
from .secrecy import hide


@dataclass(frozen=True)
class RequestOutcome:
    """``is_refusal``: a status that the user accepts, and with which nothing was changed."""

    status: int | None = None
    content: Any = field(default=None, repr=False)
    location: str | None = None
    is_refusal: bool = False

    @property
    def things(self) -> Mapping[str, Any]:
        return {"content": self.content, "status": self.status, "location": self.location}


def ensure(task: Task) -> Result:
    """api: one request, or none."""
    hide(task)
    request = _Request(task, ApiOptions.from_params(task.params, task.client.is_platform))
    if request.options.read_only:
        return request.answered()
    return request.ensured()


class _Request:
    def __init__(self, task: Task, options: ApiOptions) -> None:
        self._task = task
        self.options = options
        self._title = f"{options.method} {options.target.given}"

    def answered(self) -> Result:
        """A search or a question: as safe in check mode, and to send again, as a GET."""
        outcome = self._asked(self.options.method, self.options.target)
        return Result(outcome.things, "none", title=self._title)

    def ensured(self) -> Result:
        done = self._predicted() if self._task.check_mode else self._carried_out()
        planned = done.plan
        outcome = done.value or RequestOutcome(content=done.last.current.content)
        validated = self._validated(planned)
        before = self._side(planned.current.content)
        if outcome.is_refusal:
            return Result(outcome.things, "none", before, before, self._title, validated)
        return Result(outcome.things, planned.action, before, self._side(planned.after), self._title, validated)

    def _validated(self, planned: RequestPlan) -> str:
        """What a prediction rests on."""
        if planned.action == "none":
            return NONE
        if self.options.validator:
            return SERVER
        return LOCAL

    def _predicted(self) -> Reconciled[RequestPlan, RequestOutcome]:
        planned = self._plan(self._gather())
        validator = self.options.validator
        if validator is None or planned.action == "none":
            return Reconciled(planned, None, planned)
        refusal = self._asked(validator.method, validator.target)
        # Of an answer that validates nothing is shown; of one that refuses, and that the user accepts, everything.
        return Reconciled(planned, refusal if refusal.is_refusal else None, planned)

    def _carried_out(self) -> Reconciled[RequestPlan, RequestOutcome]:
        if self.options.looks or self.options.idempotent:
            policy = Policy(ALWAYS if self.options.may_repeat else NEVER, retries_conflicts=False)
            return reconcile(self._task, self._gather, self._plan, self._apply, policy)
        planned = self._plan(self._gather())
        return Reconciled(planned, self._apply(planned), planned)

    def _gather(self) -> FoundContent:
        if not self.options.looks:
            return FoundContent(None, tries=self._task.journal.size())
        if self.options.search is not None:
            return self._first_match(self.options.search)
        return current(self._task.client, self.options.target)

    def _first_match(self, search: Search) -> FoundContent:
        for row in PagedList(self._task.client, search.target, search.items).all_rows():
            if values.contains(row, search.match):
                return FoundContent(True, row)
        return FoundContent(False)

    def _plan(self, current: FoundContent) -> RequestPlan:
        return plan(self.options.comparison, current)

    def _apply(self, planned: RequestPlan) -> RequestOutcome:
        """Sends it. After a lost answer, a refusal that the user accepts may be the echo of our own request."""
        was_sent = self._task.journal.size() > 0
        method, target = self.options.method, self.options.target
        text = f"{self._title} was carried out"
        outcome = self._accepted(lambda: self._task.journal.write(text, lambda: self._send(method, target, False)))
        return replace(outcome, is_refusal=outcome.is_refusal and not was_sent)

    def _asked(self, method: str, target: Endpoint) -> RequestOutcome:
        """The answer to what changes nothing."""
        return self._accepted(lambda: self._send(method, target, True))

    def _accepted(self, send: Callable[[], RequestOutcome]) -> RequestOutcome:
        """The answer, also one that refuses and that the user accepts."""
        try:
            return send()
        except ApiError as error:
            if self.options.accepts(error):
                return RequestOutcome(error.status, error.body, is_refusal=True)
            raise

    def _send(self, method: str, target: Endpoint, is_read: bool) -> RequestOutcome:
        with self.options.body.opened() as body:
            answer = self._task.client.send(method, target.path, target.params, body, self.options.all_headers, is_read)
        return RequestOutcome(answer.status, answer.content, answer.headers.get("Location"))

    def _side(self, content: Any) -> Mapping[str, Any]:
        """One side of the diff."""
        if content is None:
            return {}
        shown = values.masked(content, self.options.secret_names)
        if isinstance(shown, Mapping):
            return shown
        return {"body": shown}
