# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for root certificates, with plain values."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault import certificate_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part
from ansible_collections.community.dynatrace.plugins.module_utils._packages.certificates import Certificate

FIRST, SECOND = "ab" * 32, "cd" * 32
END = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
MARK = f"[sha256:{FIRST} expires:2030-01-02T03:04:05Z]"


def _certificate(fingerprint: str = FIRST) -> Certificate:
    return Certificate("ca.pem", "PEM of it\n", fingerprint, "CN=Team", "Team", END, END)


def _entry(entry_id: str = "1", **more: Any) -> stored.VaultEntry:
    row = {"id": entry_id, "name": "Team", "description": MARK, "type": "PUBLIC_CERTIFICATE", "scopes": ["EXTENSION"]}
    entry = stored._entry(Part({**row, **more}))
    assert entry is not None
    return entry


def test_nothing_is_done_for_what_is_there() -> None:
    planned = plan.present(plan.WantedCertificate(_certificate()), [_entry()])
    assert (planned.action, planned.surplus, planned.before) == ("none", (), planned.after)


def test_another_fingerprint_is_never_touched() -> None:
    planned = plan.present(plan.WantedCertificate(_certificate(SECOND), "Team", "x"), [_entry()])
    assert (planned.action, planned.surplus, planned.before) == ("create", (), {})
    assert planned.body["name"] == "Team"
    assert base64.b64decode(planned.body["certificate"]) == b"PEM of it\n"
    assert plan.absent(SECOND, [_entry()]).action == "none"


@pytest.mark.parametrize(
    ("description", "text", "after"),
    [
        ("", None, MARK),
        ("", "new", f"new {MARK}"),
        (f"old {MARK}", None, None),
        (f"old {MARK}", "old", None),
        (f"old {MARK}", "new", f"new {MARK}"),
        (f"old {MARK} and more", None, f"old and more {MARK}"),
        (f"old {MARK}", "", MARK),
        (f"by hand: {FIRST.upper()}", None, f"by hand: {FIRST.upper()} {MARK}"),
        (MARK.replace("2030", "2020"), None, MARK),
    ],
)
def test_descriptions(description: str, text: str | None, after: str | None) -> None:
    """``after`` None: nothing to do."""
    name = f"Team {FIRST}" if not description else "Team"
    planned = plan.present(
        plan.WantedCertificate(_certificate(), text=text), [_entry(name=name, description=description)]
    )
    assert planned.action == ("none" if after is None else "update")
    assert planned.after["description"] == (description if after is None else after)
    again = plan.present(
        plan.WantedCertificate(_certificate(), text=text), [_entry(name=name, description=planned.after["description"])]
    )
    assert again.action == "none"


@pytest.mark.parametrize(
    ("row", "scope", "scopes"),
    [
        ({}, "EXTENSION", ["EXTENSION"]),
        ({"scopes": ["SYNTHETIC", "EXTENSION"]}, "EXTENSION", ["SYNTHETIC", "EXTENSION"]),
        ({"scopes": None, "scope": "ALL"}, "ALL", ["ALL"]),
    ],
)
def test_an_update_keeps_the_scopes(row: dict[str, Any], scope: str, scopes: list[str]) -> None:
    planned = plan.present(plan.WantedCertificate(_certificate(), "New"), [_entry(**row)])
    assert (planned.entry and planned.entry.id, planned.body["scope"], planned.body["scopes"]) == ("1", scope, scopes)
    assert planned.after["scopes"] == scopes


def test_absent_takes_all_of_them() -> None:
    planned = plan.absent(FIRST, [_entry("1"), _entry("2", description=SECOND), _entry("3")])
    assert (planned.action, planned.surplus, planned.after) == ("delete", ("1", "3"), {})


def test_nothing_secret_is_in_a_plan_s_text() -> None:
    assert "PEM of it" not in repr(plan.present(plan.WantedCertificate(_certificate(SECOND)), []))


def test_what_a_plan_is_about() -> None:
    """Of a new entry nothing is stored; of one that goes, what it was called."""
    created = plan.present(plan.WantedCertificate(_certificate(SECOND)), [])
    assert (created.entry_id, created.expires, created.name) == (None, None, f"Team {SECOND[:16]}")
    deleted = plan.absent(FIRST, [_entry("7", name="Old")])
    assert (deleted.entry_id, deleted.expires, deleted.name) == ("7", "2030-01-02T03:04:05Z", "Old")
    assert deleted.before == {"name": "Old", "description": MARK, "scopes": ["EXTENSION"], "fingerprint": FIRST}


def test_of_several_the_first_that_this_collection_wrote_stays() -> None:
    by_hand = _entry("1", description=f"by hand: {FIRST}")
    planned = plan.present(plan.WantedCertificate(_certificate()), [by_hand, _entry("2"), _entry("3")])
    assert (planned.action, planned.entry_id, planned.surplus) == ("update", "2", ("3",))
    assert (planned.before["surplus"], planned.after["surplus"], planned.body) == (["3"], [], {})


@pytest.mark.parametrize("is_owners", [True, False])
def test_who_may_use_an_entry_stays_as_it_is(is_owners: bool) -> None:
    created = plan.present(plan.WantedCertificate(_certificate()), [])
    updated = plan.present(plan.WantedCertificate(_certificate(), "New"), [_entry(ownerAccessOnly=is_owners)])
    assert (created.body["ownerAccessOnly"], updated.body["ownerAccessOnly"]) == (False, is_owners)
