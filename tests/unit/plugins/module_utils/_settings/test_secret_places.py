# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in properties that the schema does not call secret."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._masking import MASK
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.secret_places import (
    SecretPlaces,
    check_missing,
    concealed,
    concealed_sides,
    places_of,
    texts_at,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.secrets import MASK_SENT

SCHEMA = Schema(
    {
        "schemaId": "s",
        "properties": {
            "url": {"type": "text"},
            "token": {"type": "secret"},
            "app:x.y": {"type": "text"},
            "headers": {"type": "set", "items": {"type": {"$ref": "#/types/Header"}}},
            "tokens": {"type": "list", "items": {"type": "secret"}},
        },
        "types": {
            "Header": {
                "properties": {"name": {"type": "text"}, "value": {"type": "text"}, "hidden": {"type": "secret"}}
            }
        },
    }
)
VALUE = {
    "url": "https://x/?key=hush",
    "app:x.y": "shh",
    "headers": [{"name": "a", "value": "Bearer hush"}, {"name": "b", "value": "plain"}, {"name": "c"}],
}
PLACES = SecretPlaces({"url": "KEY", "headers[0].value": "TOKEN", "app:x.y": "SHORT"})


def test_what_is_masked() -> None:
    assert concealed(SCHEMA, VALUE, PLACES) == {
        "url": MASK,
        "app:x.y": MASK,
        # Where the element stands in the stored object is not known.
        "headers": [{"name": "a", "value": MASK}, {"name": "b", "value": MASK}, {"name": "c"}],
    }
    assert VALUE["url"] == "https://x/?key=hush"


@pytest.mark.parametrize(
    "value", [None, {}, {"url": None, "headers": None}, {"headers": {"value": "x"}}, {"headers": ["x"]}, "text"]
)
def test_values_of_another_form(value: Any) -> None:
    assert concealed(SCHEMA, value, PLACES) == value


def test_both_sides_of_a_diff() -> None:
    stored = {**VALUE, "url": "https://x/?key=old"}
    before, after = concealed_sides(SCHEMA, {"scope": "s", "value": stored}, {"scope": "s", "value": VALUE}, PLACES)
    assert before == {"scope": "s", "value": concealed(SCHEMA, stored, PLACES)}
    assert after["value"]["url"] == MASK_SENT
    assert after["value"]["headers"][0]["value"] == MASK
    changed = {**VALUE, "headers": [{"name": "a", "value": "Bearer new"}]}
    assert (
        concealed_sides(SCHEMA, {"value": VALUE}, {"value": changed}, PLACES)[1]["value"]["headers"][0]["value"]
        == MASK_SENT
    )


def test_one_side() -> None:
    assert concealed_sides(SCHEMA, {}, {"value": VALUE}, PLACES) == (
        {},
        {"value": {**concealed(SCHEMA, VALUE, PLACES), "url": MASK_SENT, "app:x.y": MASK_SENT,
                   "headers": [{"name": "a", "value": MASK_SENT}, {"name": "b", "value": MASK_SENT}, {"name": "c"}]}},
    )  # fmt: skip
    assert concealed_sides(SCHEMA, {"value": VALUE}, {}, PLACES) == ({"value": concealed(SCHEMA, VALUE, PLACES)}, {})


def test_texts_that_nothing_may_show() -> None:
    assert texts_at(SCHEMA, {"url": None, "headers": [{"value": True}]}, PLACES) == set()
    assert texts_at(SCHEMA, VALUE, PLACES) == {"https://x/?key=hush", "Bearer hush", "plain", "shh"}


@pytest.mark.parametrize("path", ["token", "headers[0].hidden", "headers[12].hidden", "tokens[3]"])
def test_a_missing_secret_stays_as_it_is_stored(path: str) -> None:
    check_missing(SCHEMA, SecretPlaces({path: "NAME"}, [path]))


@pytest.mark.parametrize("path", ["url", "headers[0].value", "app:x.y", "nothing", "headers", "url.x", "url[0]", ""])
def test_what_is_no_secret_to_the_schema_cannot_be_left_out(path: str) -> None:
    check_missing(SCHEMA, SecretPlaces({path: "NAME"}))
    with pytest.raises(InputError, match="needs a secret that is not given, NAME"):
        check_missing(SCHEMA, SecretPlaces({path: "NAME"}, [path]))


def test_items_without_secrets() -> None:
    assert places_of({"secret_paths": None, "missing_secret_paths": None}) == places_of({}) == SecretPlaces({}, ())
