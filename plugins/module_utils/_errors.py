# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The collection's own errors. Each knows how to become the result of a failed task: ``msg`` for people, ``error`` for programs.

Anything else that is raised is a bug and shows its traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Violation:
    """One entry of ``constraintViolations`` (API facts, 5.1)."""

    path: str | None
    message: str
    parameter_location: str | None = None
    location: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "message": self.message,
            "parameter_location": self.parameter_location,
            "location": self.location,
        }


class CollectionError(Exception):
    """``details`` are further keys of the failed task's result, beside ``msg`` and ``error``."""

    def __init__(self, msg: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(msg)
        self.msg = msg
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        """With all that was added to it since."""
        return self.msg

    def error(self) -> dict[str, Any]:
        """The structured part, the same keys for every error."""
        return {
            "status": None,
            "code": None,
            "message": self.msg,
            "constraint_violations": [],
            "method": None,
            "url": None,
        }


class InputError(CollectionError):
    """What the user gave cannot be right. Raised before anything is written. ``violations``: of what, where it is a value with parts."""

    def __init__(
        self, msg: str, details: Mapping[str, Any] | None = None, violations: Sequence[Violation] = ()
    ) -> None:
        super().__init__(msg, details)
        self._violations = violations

    def error(self) -> dict[str, Any]:
        return {**super().error(), "constraint_violations": [violation.as_dict() for violation in self._violations]}


def refuse_if(is_wrong: object, text: str, kind: type[CollectionError] = InputError) -> None:
    """Raises an error with ``text`` where something ``is_wrong``."""
    if is_wrong:
        raise kind(text)


class MissingLibraryError(CollectionError):
    """An optional library is needed and not there. ``trace``: of the import that failed; ``reason``: what it is needed for."""

    def __init__(self, library: str, reason: str, trace: str) -> None:
        super().__init__(f"{library} is needed {reason}")
        self.library = library
        self.reason = reason
        self.trace = trace


class StateError(CollectionError):
    """What is there does not allow what was asked for; also a wait that ended badly."""


class RequestError(CollectionError):
    """A request that did not get the answer it was sent for. ``entries``: of the journal, for a write of which nobody knows the outcome.

    ``may_be_late``: the server may still carry it out.
    """

    may_be_late = False
    entries: Sequence[Any] = ()

    def __init__(self, msg: str, method: str, url: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(msg, details)
        self.method = method
        self.url = url

    def error(self) -> dict[str, Any]:
        return {**super().error(), "method": self.method, "url": self.url}


class TransportError(RequestError):
    """No usable answer: connection, TLS, time-out, redirect, a page that is not the API's. Nothing was changed by it."""


class LostAnswerError(RequestError):
    """A write whose answer was lost: it may have been carried out or not. Read before sending it again.

    ``may_be_late``: the server may still be at work on it, after a time-out or a 502 or 504 of a proxy in between.
    """

    def __init__(self, msg: str, method: str, url: str, may_be_late: bool = False) -> None:
        super().__init__(msg, method, url)
        self.may_be_late = may_be_late
        # What it was before anything was added to it.
        self.reason = msg


class StoppedError(CollectionError):
    """The task is to end before its work is done."""


# An environment that does not exist is a 404 as well (API facts, 5.2, "404 tenant").
_NO_ENVIRONMENT = "failed to resolve tenant"


class OvertakenError(CollectionError):
    """Somebody else may have made just now what was to be made: look again, and raise ``refusal`` if that is not so."""

    def __init__(self, refusal: CollectionError) -> None:
        super().__init__(refusal.msg)
        self.refusal = refusal


class NotExpectedError(StateError):
    """What would have to be done now is not what was planned and agreed on: somebody else was faster."""


class ApiError(RequestError):
    """The server's refusal. ``body`` is the decoded answer, for those who must tell the items of an array apart."""

    def __init__(
        self,
        msg: str,
        method: str,
        url: str,
        status: int,
        message: str,
        code: int | None = None,
        violations: Sequence[Violation] = (),
        body: Any = None,
    ) -> None:
        super().__init__(msg, method, url)
        self.status = status
        self.code = status if code is None else code
        self.message = message
        self.violations = tuple(violations)
        self.body = body

    @property
    def is_absence(self) -> bool:
        """Whether it says that the thing asked for is not there, and not that there is no such environment."""
        return self.status == 404 and _NO_ENVIRONMENT not in self.message

    def error(self) -> dict[str, Any]:
        return {
            **super().error(),
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "constraint_violations": [violation.as_dict() for violation in self.violations],
        }


def unless_absent(read: Callable[[], Value]) -> Value | None:
    """What ``read`` gives; None when the server says that there is no such thing. That there is no such environment stays an error."""
    try:
        return read()
    except ApiError as error:
        if error.is_absence:
            return None
        raise


def unless_overtaken(
    write: Callable[[], Value], statuses: Sequence[int], was_overtaken: Callable[[], bool] = lambda: True
) -> Value:
    """What ``write`` gives. A refusal with one of ``statuses`` is an OvertakenError if ``was_overtaken``, which may look again."""
    try:
        return write()
    except ApiError as error:
        if error.status in statuses and was_overtaken():
            raise OvertakenError(error) from error
        raise
