# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import UsingConfiguration
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.extension_plan import (
    ExtensionState,
    WantedExtension,
    absent,
    inactive,
    move_text,
    present,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.hub import HubOffer

NAME = "custom:x"


def test_of_configurations_only_what_tells_them_apart_is_shown() -> None:
    """Their values may hold secrets."""
    secret = {"value": {"sql": {"password": "HIDDEN"}}}
    rows = [
        UsingConfiguration("other", None, None, None, {}),
        UsingConfiguration("id", "environment", "d", "1.0.0", secret),
    ]
    state = ExtensionState("1.0.0", ["1.0.0"], configurations=rows)
    with pytest.raises(StateError) as refused:
        absent(NAME, False, state)
    planned = absent(NAME, True, state)
    assert "id (environment, d); other (None, without description). Delete them first" in refused.value.msg
    assert "HIDDEN" not in str(refused.value.msg) + str(refused.value.details) + str(planned)
    assert planned.configurations == ["id", "other"]


@pytest.mark.parametrize(
    ("active", "versions", "offer", "version", "installs"),
    [
        (None, ["1.9.0", "1.10.0"], None, "1.10.0", False),
        # Without a recommendation it is the first of the Hub's releases, which are not in the order of versions.
        (None, [], HubOffer(None, ["1.10.0", "2.0.0"]), "1.10.0", True),
        ("1.9.0", ["1.9.0"], HubOffer("1.10.0", ["2.0.0", "1.10.0"]), "1.10.0", True),
        ("1.9.0", ["1.9.0"], HubOffer(None, ["2.0.0", "1.10.0"]), "2.0.0", True),
        ("3.0.0", ["3.0.0"], HubOffer("1.10.0", ["1.10.0"]), "3.0.0", False),
        # The active one need not be the newest one.
        ("1.0.0", ["3.0.0", "1.0.0"], HubOffer("1.10.0", ["1.10.0"]), "3.0.0", False),
    ],
)
def test_the_latest_of_the_hub(
    active: str | None, versions: list[str], offer: HubOffer | None, version: str, installs: bool
) -> None:
    planned = present(
        WantedExtension(NAME, "latest", "hub"), ExtensionState(active, versions, offer, hub_was_asked=True)
    )
    assert (planned.version, planned.installs) == (version, installs)
    assert (planned.action == "none") == (active == version)


def test_a_version_that_is_active_or_stored() -> None:
    assert present(WantedExtension(NAME, "1.0.0", "stored"), ExtensionState("1.0.0")).action == "none"
    switched = present(WantedExtension(NAME, "1.0.0", "stored"), ExtensionState("2.0.0", ["2.0.0", "1.0.0"]))
    assert (switched.action, switched.activation, switched.reason) == ("update", "PUT", f"{NAME} 2.0.0 is active")
    first = present(WantedExtension(NAME, "1.0.0", "stored"), ExtensionState(None, ["1.0.0"]))
    assert (first.activation, first.reason) == ("POST", f"{NAME} has no active version")
    assert first.before == {"name": NAME, "active_version": None, "versions": ["1.0.0"]}
    assert first.after == {"name": NAME, "active_version": "1.0.0", "versions": ["1.0.0"]}


@pytest.mark.parametrize(
    ("source", "state", "text"),
    [
        ("stored", ExtensionState(None, []), "is not stored in the environment: upload it"),
        ("stored", ExtensionState(None, ["2.0.0"]), "1.0.0 is not stored in the environment, which has 2.0.0"),
        ("hub", ExtensionState(None, [], None, True), "neither the environment nor the catalog"),
        ("hub", ExtensionState(None, [], HubOffer(None, ["3.0.0"]), True), "has no custom:x 1.0.0; it has 3.0.0"),
        ("hub", ExtensionState(None, [], HubOffer(None, []), True), "has no custom:x 1.0.0; it has none"),
    ],
)
def test_a_version_that_is_nowhere(source: str, state: ExtensionState, text: str) -> None:
    with pytest.raises(StateError, match=text):
        present(WantedExtension(NAME, "1.0.0", source), state)


def test_the_hub_that_was_not_asked_may_have_it() -> None:
    planned = present(WantedExtension(NAME, "1.0.0", "hub"), ExtensionState(None, ["0.9.0"]))
    assert (planned.action, planned.installs, planned.activation) == ("create", True, "POST")
    assert planned.after["versions"] == ["1.0.0", "0.9.0"]


def test_switched_off() -> None:
    assert inactive(NAME, False, ExtensionState(None)).action == "none"
    planned = inactive(NAME, False, ExtensionState("1.0.0"))
    assert (planned.action, planned.deactivates, planned.versions) == ("update", True, ())


@pytest.mark.parametrize(("versions", "counted"), [(["1.0.0"], "1 version"), (["2.0.0", "1.0.0"], "2 versions")])
def test_absent_takes_the_oldest_first(versions: list[str], counted: str) -> None:
    assert absent(NAME, False, ExtensionState(None, [])).action == "none"
    planned = absent(NAME, False, ExtensionState("1.0.0", versions))
    assert (planned.action, planned.deactivates, list(planned.versions)) == ("delete", True, versions[::-1])
    assert planned.reason == f"{NAME} is stored with {counted}"
    assert not absent(NAME, False, ExtensionState(None, versions)).deactivates


def _row(row_id: str, version: str | None) -> UsingConfiguration:
    return UsingConfiguration(row_id, "environment", row_id, version, {})


OLD, SAME, NEW = _row("c", "1.0.0"), _row("b", "1.5.0"), _row("a", "2.0.0")


@pytest.mark.parametrize(
    ("active", "activation"), [("2.0.0", "PUT"), ("1.0.0", "PUT"), (None, "POST"), ("1.5.0", None)]
)
def test_newer_configurations_move_before_the_activation_and_older_ones_after_it(
    active: str | None, activation: str | None
) -> None:
    state = ExtensionState(active, ["2.0.0", "1.5.0", "1.0.0"], configurations=[OLD, SAME, NEW])
    planned = present(WantedExtension(NAME, "1.5.0", configurations="move"), state)
    assert (planned.action, planned.activation) == ("update", activation)
    assert (planned.moves_before, planned.moves_after) == ([NEW], [OLD])
    assert planned.reason.endswith(", with 2 monitoring configurations of other versions")


def test_a_configuration_without_a_version_gets_one() -> None:
    state = ExtensionState("1.5.0", configurations=[_row("x", None), SAME])
    planned = present(WantedExtension(NAME, "1.5.0", configurations="move"), state)
    assert [row.id for row in planned.moves] == ["x"]
    assert planned.reason.endswith(", with 1 monitoring configuration of other versions")


def test_nothing_to_move() -> None:
    state = ExtensionState("1.5.0", configurations=[SAME])
    assert present(WantedExtension(NAME, "1.5.0", configurations="move"), state).action == "none"


def test_newer_configurations_that_stay_are_in_the_way() -> None:
    state = ExtensionState("2.0.0", ["2.0.0", "1.5.0"], configurations=[OLD, NEW])
    with pytest.raises(StateError) as refused:
        present(WantedExtension(NAME, "1.5.0"), state)
    assert (
        "a (environment, a) of version 2.0.0. Set configurations of the module extension to move" in refused.value.msg
    )
    assert [row["configuration_id"] for row in refused.value.details["configurations"]] == ["a"]
    # The active version stays what it is, whatever is configured.
    assert present(WantedExtension(NAME, "1.5.0"), ExtensionState("1.5.0", configurations=[NEW])).action == "none"


def test_the_sides_of_a_switch_off() -> None:
    planned = inactive(NAME, False, ExtensionState("1.0.0", ["1.0.0"]))
    assert planned.before == {"name": NAME, "active_version": "1.0.0"}
    assert planned.after == {"name": NAME, "active_version": None}


def test_what_the_journal_says_of_a_move() -> None:
    row = UsingConfiguration("id", "environment", "d", "1.0.0", {})
    assert move_text(NAME, "2.0.0", row) == f"configuration {row.label} of {NAME} was moved from version 1.0.0 to 2.0.0"
