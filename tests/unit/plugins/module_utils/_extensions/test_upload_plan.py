# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans, by plain values."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import upload_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import StoredVersion
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.upload_plan import (
    Difference,
    PutBackPlan,
    PutBackState,
    UploadPlan,
    VersionState,
    WantedVersion,
)
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package

NAME, VERSION = "custom:demo", "1.0.0"
STORED = StoredVersion(NAME, VERSION, "unknown")


def _package(is_bundle: bool = True, /, **members: str) -> Package:
    files = members or {"extension.yaml": "1"}
    return Package("a.zip", io.BytesIO(), NAME, VERSION, "bundle", "inner", files, is_bundle)


def _side(version: str | None = VERSION, active: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": NAME, "version": version, "active_version": active, **more}


def _present(state: VersionState, activate: bool = False, on_mismatch: str = "fail") -> UploadPlan:
    return plan.present(WantedVersion(_package(), activate, on_mismatch), state)


@pytest.mark.parametrize(
    ("active", "activate", "activation", "before", "after"),
    [
        (None, False, None, {}, _side()),
        (None, True, "POST", {}, _side(active=VERSION)),
        ("0.9.0", False, None, _side(None, "0.9.0"), _side(active="0.9.0")),
        ("0.9.0", True, "PUT", _side(None, "0.9.0"), _side(active=VERSION)),
    ],
)
def test_what_is_not_there_is_created(
    active: str | None, activate: bool, activation: str | None, before: Any, after: Any
) -> None:
    found = _present(VersionState(None, active), activate)
    assert (found.action, found.uploads, found.replaced, found.activation) == ("create", True, None, activation)
    assert (found.before, found.after) == (before, after)


@pytest.mark.parametrize("file_hash", ["bundle", "INNER"])
def test_an_equal_hash_is_equal_content(file_hash: str) -> None:
    found = _present(VersionState(StoredVersion(NAME, VERSION, file_hash), None))
    assert (found.action, found.uploads, found.before, found.after) == ("none", False, _side(), _side())


def test_equal_members_are_equal_content_whatever_the_hash() -> None:
    assert _present(VersionState(STORED, None, _package())).action == "none"


@pytest.mark.parametrize(
    ("active", "action", "activation"),
    [(None, "update", "POST"), ("0.9.0", "update", "PUT"), (VERSION, "none", None)],
)
def test_what_is_there_is_activated_if_it_is_not(active: str | None, action: str, activation: str | None) -> None:
    found = _present(VersionState(STORED, active, _package()), activate=True)
    assert (found.action, found.uploads, found.activation) == (action, False, activation)
    assert found.after == _side(active=VERSION)


def _other() -> VersionState:
    return VersionState(STORED, None, _package(**{"extension.yaml": "2", "old": "3"}))


def test_a_mismatch_names_what_differs_and_what_to_do() -> None:
    with pytest.raises(StateError, match=r"1 changed \(extension.yaml\), 1 missing \(old\)\. Raise the version"):
        _present(_other())


def test_a_mismatch_with_warn_does_nothing_not_even_activate() -> None:
    found = _present(_other(), activate=True, on_mismatch="warn")
    assert (found.action, found.uploads, found.activation, found.before) == ("none", False, None, found.after)
    assert found.warning is not None
    assert "Nothing was sent" in found.warning


def test_a_mismatch_with_replace_shows_the_files_that_differ() -> None:
    found = _present(_other(), activate=True, on_mismatch="replace")
    assert (found.action, found.uploads, found.activation) == ("update", True, "POST")
    assert found.replaced is not None
    assert found.replaced.members == {"extension.yaml": "2", "old": "3"}
    assert found.before == _side(files={"extension.yaml": "2", "old": "3"})
    assert found.after == _side(active=VERSION, files={"extension.yaml": "1"})


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (VersionState(STORED, VERSION, _package(a="x")), "it is the active version"),
        (VersionState(STORED, None, _package(a="x"), ["id-1", "id-2"]), "monitoring configurations use it: id-1, id-2"),
        (VersionState(STORED, None, _package(False, a="x")), "could not be put back"),
    ],
)
def test_what_is_in_use_or_cannot_be_put_back_is_not_replaced(state: VersionState, text: str) -> None:
    with pytest.raises(StateError, match=text):
        _present(state, on_mismatch="replace")


def test_absent() -> None:
    gone = plan.absent(NAME, VERSION, VersionState(None, None))
    assert (gone.action, gone.before, gone.after) == ("none", {}, {})
    there = plan.absent(NAME, VERSION, VersionState(STORED, "2.0.0"))
    assert (there.action, there.before, there.after) == ("delete", _side(active="2.0.0"), _side(None, "2.0.0"))
    for state in (VersionState(STORED, VERSION), VersionState(STORED, None, users=["id-1"])):
        with pytest.raises(StateError, match="cannot be deleted"):
            plan.absent(NAME, VERSION, state)


def test_differences_in_words() -> None:
    assert not plan.difference({"a": "1"}, {"a": "1"})
    found = plan.difference({"a": "1", "b": "1", "n": "1"}, {"a": "2", "b": "1", "o": "1"})
    assert found == Difference(("n",), ("o",), ("a",))
    many = Difference(tuple("abcdefg"), (), ())
    assert many.text() == "7 added (a, b, c, d, e, and 2 more)"


OLD, NEW = {"a": "old"}, {"extension.yaml": "1"}


def test_what_this_run_has_deleted_is_not_replaced_again() -> None:
    """Somebody else has uploaded something; but the content that was to be replaced is, should it still be there."""
    state = VersionState(STORED, None, _package(a="old"), replaced=OLD)
    assert _present(state, on_mismatch="replace").replaced is not None
    state = VersionState(STORED, None, _package(a="other"), replaced=OLD)
    with pytest.raises(StateError, match="somebody else has uploaded another content meanwhile"):
        _present(state, on_mismatch="replace")
    assert _present(VersionState(STORED, None, _package(), replaced=OLD), on_mismatch="replace").action == "none"
    assert _present(VersionState(None, None, replaced=OLD), on_mismatch="replace").action == "create"


@pytest.mark.parametrize(
    ("stored", "was_absent", "is_ours", "expected"),
    [
        (None, True, True, PutBackPlan("create")),
        (NEW, True, True, PutBackPlan("none", is_new=True)),
        (NEW, False, False, PutBackPlan("none", is_new=True)),
        (OLD, True, True, PutBackPlan("none")),
        (OLD, False, False, PutBackPlan("none")),
        (OLD, False, True, "may have begun to delete it"),
        ({"a": "x"}, True, True, "another package"),
        (None, True, False, "somebody else deleted it"),
    ],
)
def test_what_is_put_back(stored: Any, was_absent: bool, is_ours: bool, expected: Any) -> None:
    state = PutBackState(NEW, OLD, stored, was_absent, is_ours)
    if isinstance(expected, PutBackPlan):
        assert plan.put_back(state) == expected
    else:
        with pytest.raises(StateError, match=expected):
            plan.put_back(state)


def test_whether_the_content_is_there() -> None:
    package = _package()
    assert not plan.has_content(package, VersionState(None, None))
    assert plan.has_content(package, VersionState(StoredVersion(NAME, VERSION, "inner"), None))
    assert not plan.has_content(package, VersionState(STORED, None))
    assert plan.has_content(package, VersionState(STORED, None, _package()))
    assert not plan.has_content(package, VersionState(STORED, None, _package(a="x")))
