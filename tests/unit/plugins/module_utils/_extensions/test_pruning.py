# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which old versions have to go, by plain values."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.pruning import may_prune, with_pruning
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.upload_plan import (
    UploadPlan,
    VersionState,
    WantedVersion,
)
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package

PACKAGE = Package("a.zip", io.BytesIO(), "custom:x", "1.0.0", "bundle", "inner", {})
TEN = [f"0.{number}.0" for number in range(10)]
CREATE = UploadPlan("create", "why", uploads=True)


def _pruned(
    keep: int,
    versions: Sequence[str],
    active: str | None = None,
    configured: Sequence[str] = (),
    planned: UploadPlan = CREATE,
) -> UploadPlan:
    state = VersionState(None, active, versions=versions, configured=configured)
    return with_pruning(planned, WantedVersion(PACKAGE, keep_versions=keep), state)


@pytest.mark.parametrize(
    ("keep", "versions", "active", "configured", "room", "rest"),
    [
        (1, [], None, [], [], []),
        (10, TEN[1:], None, [], [], []),
        (10, TEN, None, [], ["0.0.0"], []),
        (9, TEN, None, [], ["0.0.0"], ["0.1.0"]),
        (1, TEN[:3], None, [], [], TEN[:3]),
        # The active one and the configured ones count, but stay.
        (1, TEN[:3], "0.0.0", [], [], ["0.1.0", "0.2.0"]),
        (2, TEN[:3], "0.0.0", ["0.1.0"], [], ["0.2.0"]),
        (3, TEN[:3], "0.0.0", [], [], ["0.1.0"]),
        (10, TEN, "0.0.0", ["0.1.0"], ["0.2.0"], []),
        # By numbers.
        (2, ["0.10.0", "0.9.0"], None, [], [], ["0.9.0"]),
        # The package's own stays, however old it is.
        (2, ["3.0.0", "2.0.0"], None, [], [], ["2.0.0"]),
        (1, ["1.0.0", "2.0.0"], None, [], [], ["2.0.0"]),
    ],
)
def test_what_goes(
    keep: int,
    versions: Sequence[str],
    active: str | None,
    configured: Sequence[str],
    room: Sequence[str],
    rest: Sequence[str],
) -> None:
    planned = _pruned(keep, versions, active, configured)
    assert (list(planned.room), list(planned.rest)) == (room, rest)
    assert planned.action == "create"
    assert set(planned.after["versions"]) == {*versions, "1.0.0"} - {*room, *rest}
    assert planned.reason == ("why" + (f"; too many versions: {', '.join([*room, *rest])}" if room or rest else ""))


def test_the_version_that_is_active_then_stays_and_the_old_one_may_go() -> None:
    planned = _pruned(1, ["0.1.0"], "0.1.0", planned=UploadPlan("create", "why", activation="PUT"))
    assert planned.rest == ("0.1.0",)


def test_nothing_but_deletions_is_an_update() -> None:
    planned = _pruned(1, ["1.0.0", "0.1.0"], planned=UploadPlan("none", "why"))
    assert (planned.action, planned.before["versions"]) == ("update", ["1.0.0", "0.1.0"])
    assert _pruned(2, ["1.0.0", "0.1.0"], planned=UploadPlan("none", "why")).action == "none"


def test_nothing_goes_where_the_mismatch_is_left_or_the_versions_were_not_read() -> None:
    left = UploadPlan("none", "why", warning="differs")
    assert _pruned(1, TEN, planned=left) is left
    assert with_pruning(CREATE, WantedVersion(PACKAGE), VersionState(None, None)) is CREATE


def test_no_room() -> None:
    with pytest.raises(StateError, match="there are 10 versions, at most 10 are allowed"):
        _pruned(10, TEN, "0.0.0", TEN[1:])


@pytest.mark.parametrize(("versions", "expected"), [(["0.1.0"], False), (["0.1.0", "0.2.0"], True), (["1.0.0"], False)])
def test_whether_it_matters_what_is_configured(versions: Sequence[str], expected: bool) -> None:
    assert may_prune("1.0.0", 2, versions) is expected
