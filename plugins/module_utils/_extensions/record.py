# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a run of several writes has done so far, for its result and for its error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    CollectionError,
    LostAnswerError,
)

AnyPlan = TypeVar("AnyPlan")


class Record(Generic[AnyPlan]):
    """After a conflict a new plan has only what is left to do, so what happened in all is the first plan of which something was
    done.
    """

    def __init__(self) -> None:
        self._first: AnyPlan | None = None
        self.done: list[str] = []

    @contextmanager
    def step(self, planned: AnyPlan, text: str) -> Iterator[None]:
        """Around one write of a plan; ``text`` says what it has done, such as: 1.0.0 was deleted."""
        try:
            yield
        except LostAnswerError:
            self._first = self._first or planned
            raise
        self.did(planned, text)

    def did(self, planned: AnyPlan, text: str) -> None:
        """As a step, of what is done."""
        self._first = self._first or planned
        self.done.append(text)

    def __bool__(self) -> bool:
        """Whether anything was done, or may have been."""
        return self._first is not None

    def told(self, planned: AnyPlan) -> AnyPlan:
        """The plan to report, where ``planned`` was the last one."""
        return self._first or planned

    def explain(self, error: CollectionError, details: dict[str, Any]) -> None:
        """Adds to an error what was done before; ``details`` are the result's keys then."""
        explain(error, self.done, details)


def explain(error: CollectionError, done: Sequence[str], details: Mapping[str, Any]) -> None:
    """As ``Record.explain``, of what an earlier run has done."""
    if done:
        error.msg += f". Before that, {'; '.join(done)}"
        error.details = {**error.details, **details, "changed": True}
