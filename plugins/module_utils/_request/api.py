# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api does: any request that writes, not sent where what it asks for is there already, nor twice by accident.

Whether it is there is found by reading the same path (PUT, PATCH, DELETE) or a list (POST); FACTS sections 0.6 to 0.8 for how.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import JSON_TYPE, Client
from ansible_collections.community.dynatrace.plugins.module_utils._request import values
from ansible_collections.community.dynatrace.plugins.module_utils._request.endpoint import Endpoint, endpoint
from ansible_collections.community.dynatrace.plugins.module_utils._request.headers import checked, secret_texts
from ansible_collections.community.dynatrace.plugins.module_utils._request.info import accepted, rows_of
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, MASK, NONE, SERVER, Result, Task

_ACTIONS = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_FILE_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Found:
    """What is there. ``is_known`` False: nobody looked."""

    is_known: bool
    exists: bool = False
    content: Any = None


@dataclass(frozen=True)
class Plan:
    """``before`` and ``after``: what the request is about, unmasked."""

    action: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Outcome:
    """``is_refusal``: a status that the user accepts, and with which nothing was changed."""

    status: int | None
    content: Any = None
    location: str | None = None
    is_refusal: bool = False


def write(task: Task) -> Result:
    """api: one request, or none."""
    return _Write(task).run()


def planned(method: str, body: Any, compare: str, ignored: list[str], found: Found) -> Plan:
    """Pure. ``body``: None without one, and for one that is no data; then it differs from whatever is there."""
    if method == "DELETE":
        is_done = found.is_known and not found.exists
        return Plan("none" if is_done else "delete", found.content, None)
    if not found.is_known or not found.exists:
        action = "create" if found.is_known else _ACTIONS[method]
        return Plan(action, None, body)
    if method == "POST":
        return Plan("none", found.content, found.content)
    # A PATCH never says all there is.
    if compare == "exact" and method == "PUT":
        is_done, after = values.equal(found.content, body, ignored), body
    else:
        is_done, after = values.contains(found.content, body), values.merged(found.content, body)
    if is_done and body is not None:
        return Plan("none", found.content, found.content)
    return Plan("update", found.content, after)


class _Write:
    """One run. Everything that the user may have given wrong is found in the constructor, before anything is sent."""

    def __init__(self, task: Task) -> None:
        given = task.params
        self._task = task
        self._given = given
        self._client: Client = task.client
        self._method: str = given["method"]
        self._secret_names = given["secret_properties"] or []
        self._show_options()
        self._target = endpoint(given["path"] or "", given["query"], self._client.is_platform)
        self._accepted = accepted(given["accept_status"])
        self._content, content_type = _content(given)
        self._headers = checked(given["headers"])
        self._task.secrets.update(secret_texts(self._headers))
        self._task.shown["headers"] = dict.fromkeys(self._headers, MASK)
        if content_type:
            self._headers["Content-Type"] = content_type
        if given["read_only"] and self._method != "POST":
            raise InputError("read_only is for POST: the other methods change what they name")
        self._list = self._checked_list()
        self._validator = self._checked_validator()
        self._found = Found(False)
        self._lost: LostAnswerError | None = None

    def run(self) -> Result:
        if self._given["read_only"]:
            return self._read()
        if self._looks or self._given["idempotent"]:
            plan, outcome = reconcile(self._client, self._gather, self._plan, self._apply, retry_conflict=False)
        else:
            plan = self._plan(self._gather())
            outcome = self._apply(plan)
        is_refused = outcome is not None and outcome.is_refusal
        shown = outcome if outcome is not None and outcome.status is not None else Outcome(None, self._found.content)
        before = self._side(plan.before)
        return Result(
            {"content": shown.content, "status": shown.status, "location": shown.location},
            "none" if is_refused else plan.action,
            before,
            before if is_refused else self._side(plan.after),
            f"{self._method} {self._target.given}",
            NONE if plan.action == "none" else SERVER if self._validator else LOCAL,
        )

    def _read(self) -> Result:
        """A search or a question: as safe in check mode, and to send again, as a GET."""
        try:
            with _Opened(self._content) as content:
                answer = self._client.send(
                    self._method, self._target.path, self._target.params, content, self._headers, is_read=True
                )
            shown = {"content": answer.content, "status": answer.status, "location": answer.headers.get("Location")}
        except ApiError as error:
            if error.status not in self._accepted:
                raise
            shown = {"content": error.body, "status": error.status, "location": None}
        return Result(shown, "none", title=f"{self._method} {self._target.given}")

    @property
    def _looks(self) -> bool:
        """Whether what is there is read first. Only data can be compared, but whether something is there can be seen always."""
        if self._method == "POST":
            return self._list is not None
        if self._given["compare"] == "none":
            return False
        return self._method == "DELETE" or self._is_data

    @property
    def _may_repeat(self) -> bool:
        """Whether doing it twice is as good as once: PUT and DELETE are made for that, of the others only the user knows."""
        return self._given["idempotent"] or self._method in ("PUT", "DELETE")

    @property
    def _is_data(self) -> bool:
        return isinstance(self._given["body"], (Mapping, list))

    def _gather(self) -> Found:
        if self._looks:
            self._found = self._first_match(self._list) if self._list else self._current()
        return self._found

    def _current(self) -> Found:
        try:
            answer = self._client.send("GET", self._target.path, self._target.params, is_read=True)
        except ApiError as error:
            if error.is_absence:
                return Found(True)
            if error.status != 405:
                raise
            raise StateError(
                f"{self._target.given} cannot be read, so that nobody can say whether it is as it should be: set compare to none"
            ) from error
        return Found(True, True, answer.content)

    def _first_match(self, where: Endpoint) -> Found:
        wanted = self._given["unless_found"]
        for row in rows_of(self._client, where, wanted["items"]):
            if values.contains(row, wanted["match"]):
                return Found(True, True, row)
        return Found(True)

    def _plan(self, found: Found) -> Plan:
        body = self._given["body"] if self._is_data else None
        return planned(self._method, body, self._given["compare"], self._given["ignore"] or [], found)

    def _apply(self, plan: Plan) -> Outcome | None:
        if plan.action == "none":
            return None
        target, method = self._target, self._method
        if self._task.check_mode:
            if self._validator is None:
                return None
            target, method = self._validator, self._given["validator"]["method"]
        if self._lost is not None and not self._may_repeat:
            # It may have arrived and just not show yet. Those who look again find it then.
            raise self._lost
        try:
            with _Opened(self._content) as content:
                answer = self._client.send(
                    method, target.path, target.params, content, self._headers, is_read=self._task.check_mode
                )
        except ApiError as error:
            is_gone = method == "DELETE" and error.is_absence
            if not is_gone and error.status not in self._accepted:
                raise
            # After a lost answer it may be the echo of our own request.
            return Outcome(error.status, error.body, is_refusal=self._lost is None)
        except LostAnswerError as error:
            self._lost = error
            raise
        if self._task.check_mode:
            return None
        return Outcome(answer.status, answer.content, answer.headers.get("Location"))

    def _checked_list(self) -> Endpoint | None:
        wanted = self._given["unless_found"]
        if not wanted:
            return None
        if self._method != "POST":
            raise InputError("unless_found is for POST: the other methods look at their own path")
        if not wanted["match"]:
            raise InputError("unless_found needs a match: without one it would find anything")
        path = wanted["path"] or self._target.given
        return endpoint(path, wanted["query"], self._client.is_platform, "unless_found.path")

    def _checked_validator(self) -> Endpoint | None:
        """What must never happen is that the validation of check mode is the request itself."""
        wanted = self._given["validator"]
        if not wanted:
            return None
        if self._method == "DELETE":
            raise InputError("validator is not for DELETE, for which the API has no validation: it would delete")
        path = wanted["path"] or self._target.given
        found = endpoint(path, wanted["query"], self._client.is_platform, "validator.path")
        more = set(found.params) - set(self._target.params)
        is_marked = any(str(found.params[name]).lower() == "true" for name in more)
        if found.path.rstrip("/") == self._target.path.rstrip("/") and not is_marked:
            raise InputError(
                "validator is the same address as the request, which check mode would carry out: give another path, or the "
                "query parameter that only validates, such as validateOnly: true"
            )
        return found

    def _show_options(self) -> None:
        """In the reported invocation, as far as that is safe."""
        given, shown = self._given, self._task.shown
        if isinstance(given["body"], (Mapping, list)):
            shown["body"] = values.masked(given["body"], self._secret_names)
        for name in ("query", "unless_found", "validator"):
            shown[name] = values.masked(given[name], self._secret_names)
        self._task.secrets.update(values.secrets(given["body"], self._secret_names))

    def _side(self, value: Any) -> Mapping[str, Any]:
        """One side of the diff."""
        if value is None:
            return {}
        found = values.masked(value, self._secret_names)
        return found if isinstance(found, Mapping) else {"body": found}


class _Opened:
    """The body to send: what it is, or the file that it is in."""

    def __init__(self, content: bytes | str | None) -> None:
        self._content = content
        self._file: IO[bytes] | None = None

    def __enter__(self) -> bytes | IO[bytes] | None:
        if not isinstance(self._content, str):
            return self._content
        try:
            self._file = open(self._content, "rb")
        except OSError as error:
            raise InputError(f"src {self._content} cannot be read: {error.strerror}") from error
        return self._file

    def __exit__(self, *dummy: object) -> None:
        if self._file is not None:
            self._file.close()


def _content(given: Mapping[str, Any]) -> tuple[bytes | str | None, str | None]:
    """What is sent, a file by its path, and its type. A text is sent as it is."""
    body, content_type = given["body"], given["content_type"]
    if content_type and (not content_type.isascii() or not content_type.isprintable()):
        raise InputError("content_type is none: it must be one such as text/plain; charset=utf-8")
    if given["src"] is not None:
        if not os.path.isfile(given["src"]) or not os.access(given["src"], os.R_OK):
            raise InputError(f"src {given['src']} is no file that can be read, on the machine that the module runs on")
        return given["src"], content_type or _FILE_TYPE
    if body is None:
        return None, None
    if isinstance(body, str):
        if content_type is None and not _is_json(body):
            raise InputError(
                "body is a text that is no JSON: say what it is by content_type, such as text/plain; charset=utf-8"
            )
        return body.encode(), content_type or JSON_TYPE
    return json.dumps(body, separators=(",", ":")).encode(), content_type or JSON_TYPE


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
