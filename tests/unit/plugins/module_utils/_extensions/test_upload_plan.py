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
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import version_key
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.upload_plan import Difference, Found
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package

NAME, VERSION = "custom:demo", "1.0.0"
STORED = {"extensionName": NAME, "version": VERSION, "fileHash": "unknown"}


def _package(is_bundle: bool = True, **members: str) -> Package:
    files = members or {"extension.yaml": "1"}
    return Package("a.zip", io.BytesIO(), NAME, VERSION, "bundle", "inner", files, is_bundle)


def _side(version: str | None = VERSION, active: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": NAME, "version": version, "active_version": active, **more}


def _present(found: Found, activate: bool = False, on_mismatch: str = "fail") -> plan.Plan:
    return plan.present(_package(), found, activate, on_mismatch)


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
    found = _present(Found(None, active), activate)
    assert (found.action, found.uploads, found.replaces, found.activation) == ("create", True, False, activation)
    assert (found.before, found.after) == (before, after)


@pytest.mark.parametrize("file_hash", ["bundle", "INNER"])
def test_an_equal_hash_is_equal_content(file_hash: str) -> None:
    found = _present(Found({**STORED, "fileHash": file_hash}, None))
    assert (found.action, found.uploads, found.before, found.after) == ("none", False, _side(), _side())


def test_equal_members_are_equal_content_whatever_the_hash() -> None:
    assert _present(Found(STORED, None, _package())).action == "none"


@pytest.mark.parametrize(
    ("active", "action", "activation"),
    [(None, "update", "POST"), ("0.9.0", "update", "PUT"), (VERSION, "none", None)],
)
def test_what_is_there_is_activated_if_it_is_not(active: str | None, action: str, activation: str | None) -> None:
    found = _present(Found(STORED, active, _package()), activate=True)
    assert (found.action, found.uploads, found.activation) == (action, False, activation)
    assert found.after == _side(active=VERSION)


def _other(found: Found = Found(STORED, None, _package(**{"extension.yaml": "2", "old": "3"}))) -> Found:  # noqa: B008
    return found


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
    assert (found.action, found.uploads, found.replaces, found.activation) == ("update", True, True, "POST")
    assert found.before == _side(files={"extension.yaml": "2", "old": "3"})
    assert found.after == _side(active=VERSION, files={"extension.yaml": "1"})


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Found(STORED, VERSION, _package(a="x")), "it is the active version"),
        (Found(STORED, None, _package(a="x"), ["id-1", "id-2"]), "monitoring configurations use it: id-1, id-2"),
        (Found(STORED, None, _package(False, a="x")), "could not be put back"),
    ],
)
def test_what_is_in_use_or_cannot_be_put_back_is_not_replaced(found: Found, text: str) -> None:
    with pytest.raises(StateError, match=text):
        _present(found, on_mismatch="replace")


def test_absent() -> None:
    gone = plan.absent(NAME, VERSION, Found(None, None))
    assert (gone.action, gone.before, gone.after) == ("none", {}, {})
    there = plan.absent(NAME, VERSION, Found(STORED, "2.0.0"))
    assert (there.action, there.before, there.after) == ("delete", _side(active="2.0.0"), _side(None, "2.0.0"))
    for found in (Found(STORED, VERSION), Found(STORED, None, configured=["id-1"])):
        with pytest.raises(StateError, match="cannot be deleted"):
            plan.absent(NAME, VERSION, found)


def test_differences_in_words() -> None:
    assert not plan.difference({"a": "1"}, {"a": "1"})
    found = plan.difference({"a": "1", "b": "1", "n": "1"}, {"a": "2", "b": "1", "o": "1"})
    assert found == Difference(("n",), ("o",), ("a",))
    many = Difference(tuple("abcdefg"), (), ())
    assert many.text() == "7 added (a, b, c, d, e and 2 more)"


def test_versions_are_ordered_by_number() -> None:
    versions = ["1.10.0", "1.9.9", "2.0.0-x", "2.0.0", "10.0.0"]
    assert sorted(versions, key=version_key) == ["1.9.9", "1.10.0", "2.0.0", "2.0.0-x", "10.0.0"]
