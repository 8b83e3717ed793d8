# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.module_utils._text import listed


def test_as_many_as_may_be_named_are_named() -> None:
    assert listed([]) == ""
    assert listed(["a", "b"], 2) == "a; b"
    assert listed(["a", "b"], 2, ", ") == "a, b"


def test_of_more_the_first_are_named_and_the_rest_is_counted() -> None:
    assert listed(["a", "b", "c"], 2) == "a; b; and 1 more"
    assert listed(list("abcdefgh"), separator=", ") == "a, b, c, d, e, and 3 more"
