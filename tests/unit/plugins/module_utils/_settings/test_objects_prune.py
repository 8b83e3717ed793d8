# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is pruned, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_prune import Fence
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import entry, planned, stored


class TestPrune:
    there = (
        stored("1", external_id="team/a", name="a"),
        stored("2", external_id="team/b", name="b", ref="3"),
        stored("3", external_id="other", name="c"),
        StoredObject("4", "s", "HOST-1", {"name": "d"}),
        StoredObject("5", "s", "environment", {"name": "e"}, can_delete=False),
        stored("6", "o", name="f"),
    )

    @pytest.mark.parametrize(
        ("fence", "pruned"),
        [
            (Fence(["s"]), {"2", "3", "4"}),
            (Fence(["s"], ["environment"]), {"2", "3"}),
            (Fence(["s"], ["HOST-1"]), {"4"}),
            (Fence(["s"], external_id_prefix="team/"), {"2"}),
            (Fence(["s", "o"], limit=4), {"2", "3", "4", "6"}),
            (Fence(["single"]), set()),
        ],
    )
    def test_what_is_inside_and_not_listed(self, fence: Fence, pruned: set[str]) -> None:
        plan = planned(entry("a"), there=self.there, fence=fence)
        assert {stored_object.object_id for stored_object in plan.pruned} == pruned

    def test_who_refers_goes_first(self) -> None:
        plan = planned(entry("a"), there=self.there[::-1], fence=Fence(["s"]))
        names = [stored_object.object_id for stored_object in plan.pruned]
        assert names.index("2") < names.index("3")

    def test_a_circle(self) -> None:
        there = (stored("1", name="a", ref="2"), stored("2", name="b", ref="1"))
        with pytest.raises(InputError, match="none can be deleted first"):
            planned(entry("c"), there=there, fence=Fence(["s"]))

    def test_the_limit(self) -> None:
        assert len(planned(entry("a"), there=self.there, fence=Fence(["s"], limit=3)).pruned) == 3
        with pytest.raises(InputError, match="prune would delete 3 objects, more than its limit of 2") as caught:
            planned(entry("a"), there=self.there, fence=Fence(["s"], limit=2))
        assert set(caught.value.details["prunable"]) == {"2", "3", "4"}

    def test_an_empty_list(self) -> None:
        with pytest.raises(InputError, match="check for an empty variable"):
            planned(there=self.there, fence=Fence(["s"]))
        assert len(planned(there=self.there, fence=Fence(["s"], allow_empty=True)).pruned) == 4
