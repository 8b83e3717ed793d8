# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What refusals mean for the writes, and what the journal then says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import (
    DONE,
    NOT_DONE,
    UNKNOWN,
    Journal,
    settle,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    OvertakenError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import writes
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import POST, PUT, UsingConfiguration
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Patience

NAME, VERSION = "custom:x", "1.0.0"


class Server:
    """Extensions that refuse each write with ``error``, and have ``versions`` and an ``active`` one."""

    def __init__(
        self, error: Any = None, versions: Any = (), active: str | None = None, configured: str | None = None
    ) -> None:
        self.error = error
        self._configured = configured
        self._versions = list(versions)
        self.active = active

    def _write(self, *args: Any) -> None:
        if self.error is not None:
            raise self.error

    activate = delete = _write

    def version(self, name: str, version: str) -> str | None:
        return version if version in self._versions else None

    def versions(self, name: str) -> list[str]:
        return self._versions

    def active_version(self, name: str) -> str | None:
        return self.active

    def configurations(self, name: str) -> list[UsingConfiguration]:
        return [UsingConfiguration("id", "environment", None, self._configured, {})] if self._configured else []


def _refused(status: int) -> ApiError:
    return ApiError("refused", "DELETE", "u", status, "refused")


def _writes(server: Any, journal: Journal | None = None) -> writes.Writes:
    """With no time left, so that a wait looks once."""
    return writes.Writes(journal or Journal(), server, NAME, Patience(0))


def test_what_was_done_is_named() -> None:
    journal = Journal()
    _writes(Server(), journal).delete([VERSION])
    _writes(Server(), journal).activate(VERSION, POST)
    assert journal.done == ["custom:x 1.0.0 was deleted", "custom:x 1.0.0 was activated"]
    assert journal.done == [writes.deletion(NAME, VERSION), writes.activation(NAME, VERSION)]


@pytest.mark.parametrize(
    ("status", "is_there", "expected"),
    [
        (404, False, OvertakenError),
        (400, False, OvertakenError),
        (400, True, ApiError),
        (404, True, ApiError),
        (409, False, ApiError),
        (403, False, ApiError),
    ],
)
def test_a_deletion_that_is_refused(status: int, is_there: bool, expected: type[Exception]) -> None:
    """What is gone was deleted by somebody else, or by an own deletion whose answer was lost."""
    with pytest.raises(expected):
        _writes(Server(_refused(status), [VERSION] if is_there else [])).delete([VERSION])


@pytest.mark.parametrize(
    ("method", "status", "active", "expected"),
    [
        (POST, 400, "2.0.0", OvertakenError),
        (POST, 400, None, ApiError),
        (POST, 404, "2.0.0", ApiError),
        (PUT, 400, "2.0.0", ApiError),
    ],
)
def test_an_activation_that_is_refused(method: str, status: int, active: str | None, expected: type[Exception]) -> None:
    server: Any = Server(_refused(status), active=active)
    with pytest.raises(expected):
        _writes(server).activate(VERSION, method)


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize(("configured", "expected"), [("1.0.1", StateError), (VERSION, ApiError), (None, ApiError)])
def test_an_older_version_below_a_newer_configuration(
    status: int, configured: str | None, expected: type[Exception]
) -> None:
    server: Any = Server(_refused(status), active="2.0.0", configured=configured)
    with pytest.raises(expected):
        _writes(server).activate(VERSION, PUT)


def test_what_is_waited_for() -> None:
    with pytest.raises(StateError, match=r"still lists 1\.0\.0 "):
        _writes(Server(versions=["3.0.0", "1.0.0"])).wait_until_gone(["1.0.0", "2.0.0"])
    with pytest.raises(StateError, match=r"1\.0\.0 is still shown as active"):
        _writes(Server(active=VERSION)).wait_until_inactive()
    with pytest.raises(StateError, match="does not list it yet"):
        _writes(Server()).wait_until_stored(VERSION)
    _writes(Server(versions=["3.0.0"])).wait_until_gone(["1.0.0"])
    _writes(Server()).wait_until_inactive()
    _writes(Server(versions=[VERSION])).wait_until_stored(VERSION)


def test_a_busy_server_is_waited_for_until_the_time_is_over() -> None:
    busy = writes.policy(Patience(0), passes=lambda refusal: refusal.status == 400)
    assert (busy.passes(_refused(400)), busy.passes(_refused(401))) == (True, False)
    assert not writes.policy(Patience(0)).passes(_refused(400))
    assert busy.pause is not None
    with pytest.raises(ApiError) as raised:
        busy.pause(_refused(409), 0)
    assert "given up after 0 seconds, see wait_timeout" in raised.value.msg


def test_what_a_look_shows_settles_what_was_lost_and_nothing_else() -> None:
    journal = Journal()

    def send(error: Exception | None) -> None:
        if error is not None:
            raise error

    for error in (LostAnswerError("lost", "POST", "u"), _refused(400), None):
        try:
            journal.write("x was made", lambda error=error: send(error))  # type: ignore[misc]
        except (LostAnswerError, ApiError):
            continue
    assert [entry.state for entry in journal.entries("x was made")] == [UNKNOWN, NOT_DONE, DONE]
    journal.confirm("y was made")
    journal.confirm("x was made")
    assert [entry.state for entry in journal.entries("x was made", "y was made")] == [DONE, NOT_DONE, DONE]
    settle(journal.entries("x was made"), NOT_DONE)
    assert not journal.has_changed
