# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.module_utils._text import (
    is_numeric,
    listed,
    shortened,
    version_key,
)


def test_as_many_as_may_be_named_are_named() -> None:
    assert listed([]) == ""
    assert listed(["a", "b"], 2) == "a; b"
    assert listed(["a", "b"], 2, ", ") == "a, b"


def test_of_more_the_first_are_named_and_the_rest_is_counted() -> None:
    assert listed(["a", "b", "c"], 2) == "a; b; and 1 more"
    assert listed(list("abcdefgh"), separator=", ") == "a, b, c, d, e, and 3 more"


def test_a_message_is_shortened() -> None:
    assert shortened("the object x: \n y") == "the object x: \n y"
    assert shortened(f"the object {'x' * 2_000} is in use") == f"the object {'x' * 1_000}… is in use"
    long_message = "a b " * 5_000 + "do this"
    assert shortened(long_message) == long_message[:9_000] + "…" + long_message[-1_000:]


def test_versions_are_ordered_by_number() -> None:
    versions = [
        "1.9.9",
        "1.10.0",
        "1.198.0.20200630-163221",
        "1.198.0.20200701-1",
        "1.x.0",
        "2.0.0",
        "2.0.0-x",
        "10.0.0",
    ]
    assert sorted(sorted(versions), key=version_key) == versions
    assert version_key("1.01") == version_key("1.1")


def test_a_version_of_numbers_alone() -> None:
    assert is_numeric(version_key("1.198.0.20200630-163221"))
    for text in ("", "1.x", "1..2", "-1", "1.\u00b2", "9" * 19):
        assert not is_numeric(version_key(text))
