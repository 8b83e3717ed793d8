# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.extension_plan import (
    Found,
    absent,
    present,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.hub import Offer

NAME = "custom:x"


def test_of_configurations_only_what_tells_them_apart_is_shown() -> None:
    """Their values may hold secrets."""
    value = {"description": "d", "version": "1.0.0", "sql": {"password": "HIDDEN"}}
    rows: list[dict[str, Any]] = [{"objectId": "id", "scope": "environment", "value": value}, {"objectId": "other"}]
    found = Found("1.0.0", ["1.0.0"], configurations=rows)
    with pytest.raises(StateError) as refused:
        absent(NAME, False, found)
    planned = absent(NAME, True, found)
    assert "id (environment, d), other (None, without description)" in refused.value.msg
    assert "HIDDEN" not in str(refused.value.msg) + str(refused.value.details) + str(planned)
    assert planned.configurations == ["id", "other"]


@pytest.mark.parametrize(
    ("active", "versions", "offer", "version", "installs"),
    [
        (None, ["1.9.0", "1.10.0"], None, "1.10.0", False),
        ("1.9.0", ["1.9.0"], Offer("1.10.0", ["2.0.0", "1.10.0"]), "1.10.0", True),
        ("1.9.0", ["1.9.0"], Offer(None, ["2.0.0", "1.10.0"]), "2.0.0", True),
        ("3.0.0", ["3.0.0"], Offer("1.10.0", ["1.10.0"]), "3.0.0", False),
        # The active one need not be the newest one.
        ("1.0.0", ["3.0.0", "1.0.0"], Offer("1.10.0", ["1.10.0"]), "3.0.0", False),
    ],
)
def test_the_latest_of_the_hub(
    active: str | None, versions: list[str], offer: Offer | None, version: str, installs: bool
) -> None:
    planned = present(NAME, "latest", "hub", Found(active, versions, offer, hub_was_asked=True))
    assert (planned.version, planned.installs) == (version, installs)
    assert (planned.action == "none") == (active == version)
