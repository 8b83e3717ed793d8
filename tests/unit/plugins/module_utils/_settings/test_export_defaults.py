# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported values without defaults, by values."""

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_choice import Choice

from .exports import DETAILED, exported_value, items
from .room import stored


class TestDefaults:
    def test_defaults_are_left_out_but_for_what_identifies(self) -> None:
        whole = {"name": "x", "level": 1, "inner": {"on": True, "key": "k"}, "token": "***"}
        assert exported_value(True, **whole) == {
            "name": "x",
            "inner": {"key": "k"},
            "token": {"$secret": "s/x/token"},
        }
        assert exported_value(False, **whole)["level"] == 1
        assert exported_value(True, **{**whole, "level": 2})["level"] == 2

    def test_an_external_id_does_not_make_a_unique_key_one_of_many(self) -> None:
        rows = items(
            stored("1", external_id="e", name="x", level=1, inner={"on": True, "key": "k"}),
            schemas=(DETAILED,),
            choice=Choice(False, True),
        )
        assert rows["s/x"]["value"] == {"name": "x", "inner": {"key": "k"}}
