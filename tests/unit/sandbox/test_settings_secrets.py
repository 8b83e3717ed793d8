# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: masked on every read, kept when the mask comes back, demanded again when it matters.

No answer shows a secret, so what is stored is read from the store itself.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from .settings_api import ENVIRONMENT, Api, violations

REMOTE = "builtin:sandbox.remote-connection"
WEBHOOK = "builtin:sandbox.webhook"
TICKETING = "app:sandbox.ticketing:connection"
MASK = "################"


@pytest.fixture
def api() -> Api:
    """With one mask for all secrets, which tests can write down."""
    api = Api()
    api.vary(settings_secret_mask=MASK)
    return api


def remote(**change: Any) -> dict[str, Any]:
    return {"name": "a", "url": "https://a", "scope": "INTERNAL", "token": "clear", **change}


def header(name: str, secret: str) -> dict[str, Any]:
    return {"name": name, "secret": True, "secretValue": secret}


def webhook(*headers: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {"name": "a", "enabled": True, "url": "https://a", "headers": list(headers), **change}


def stored(api: Api, object_id: str) -> Any:
    one = api.sandbox.settings._writer._store.get(object_id)
    assert one is not None
    return one.value


@pytest.mark.parametrize("mask", [MASK, "*****"])
def test_masked_everywhere(api: Api, mask: str) -> None:
    api.vary(settings_secret_mask=mask)
    object_id = api.create(REMOTE, remote())
    assert stored(api, object_id)["token"] == "clear"
    assert api.one(object_id)["value"]["token"] == mask
    assert api.values(REMOTE)[0]["token"] == mask
    effective = api.get("/effectiveValues", schemaIds=REMOTE, scope=ENVIRONMENT)
    assert effective["items"][0]["value"]["token"] == mask


@pytest.mark.parametrize(
    ("name", "form"), [("***16 hex***", r"\*{3}[0-9a-f]{16}\*{3}"), ("***NNN***", r"\*{3}\d{3}\*{3}")]
)
def test_masks_that_differ(api: Api, name: str, form: str) -> None:
    api.vary(settings_secret_mask=name)
    object_id = api.create(WEBHOOK, webhook(header("a", "first"), header("b", "second")))
    value = api.one(object_id)["value"]
    masks = [one["secretValue"] for one in value["headers"]]
    assert masks[0] != masks[1]
    assert all(re.fullmatch(form, mask) for mask in masks)
    assert api.one(object_id)["value"] == value
    assert api.put(object_id, {**value, "enabled": False})[0] == 200
    assert [one["secretValue"] for one in stored(api, object_id)["headers"]] == ["first", "second"]


def test_put_with_the_mask_keeps_the_secret(api: Api) -> None:
    object_id = api.create(REMOTE, remote())
    assert api.put(object_id, remote(name="b", token=MASK))[0] == 200
    assert stored(api, object_id) == remote(name="b")
    assert api.put(object_id, remote(token="new"))[0] == 200
    assert stored(api, object_id)["token"] == "new"


@pytest.mark.parametrize("query", [{}, {"validateOnly": "true"}])
def test_change_of_a_demanding_property_wants_the_secret(api: Api, query: dict[str, str]) -> None:
    object_id = api.create(REMOTE, remote())
    changed = remote(url="https://b", token=MASK)
    status, body = api.put(object_id, changed, query)
    assert (status, body["invalidValue"]) == (400, changed)
    assert violations(body) == {"token": ["The URL has changed: enter the token again"]}
    assert api.put(object_id, remote(url="https://b"), query)[0] == 200


def test_upsert_is_an_update_for_secrets_too(api: Api) -> None:
    object_id = api.create(REMOTE, remote(), externalId="x")
    assert api.create(REMOTE, remote(name="b", token=MASK), externalId="x") == object_id
    assert stored(api, object_id)["token"] == "clear"
    assert api.post(REMOTE, remote(url="https://b", token=MASK), externalId="x")[0] == 400


def test_check_all_properties(api: Api) -> None:
    value = {"name": "a", "user": "u", "password": "12345678"}
    object_id = api.create(TICKETING, value)
    assert api.one(object_id)["owner"] == {"type": "user", "id": "dt0c01.PUBLIC"}
    assert api.put(object_id, {**value, "password": MASK})[0] == 200
    status, body = api.put(object_id, {**value, "user": "v", "password": MASK})
    assert (status, violations(body)) == (400, {"password": ["Enter the password again"]})
    assert api.put(object_id, {**value, "user": "v"})[0] == 200


def test_secrets_in_a_list_are_matched_by_index(api: Api) -> None:
    object_id = api.create(WEBHOOK, webhook(header("a", "first"), header("b", "second")))
    assert api.put(object_id, webhook(header("a", MASK), header("b", "new")))[0] == 200
    assert [one["secretValue"] for one in stored(api, object_id)["headers"]] == ["first", "new"]
    status, body = api.put(object_id, webhook(header("a", MASK), header("b", MASK), header("c", MASK)))
    assert (status, list(violations(body))) == (400, ["headers/2/secretValue"])
    shown = api.one(object_id)["value"]["headers"]
    assert [one["secretValue"] for one in shown] == [MASK, MASK]


def test_demanding_property_without_a_constraint_asks_for_all_secrets(api: Api) -> None:
    object_id = api.create(WEBHOOK, webhook(header("a", "first"), header("b", "second")))
    status, body = api.put(object_id, webhook(header("a", "first"), header("b", MASK), url="https://b"))
    assert (status, list(violations(body))) == (400, ["headers/1/secretValue"])
    assert api.put(object_id, webhook(header("a", "first"), header("b", "second"), url="https://b"))[0] == 200


def test_mask_in_a_new_object_by_variant(api: Api) -> None:
    object_id = api.create(REMOTE, remote(token=MASK))
    assert stored(api, object_id)["token"] == MASK
    api.vary(settings_secret_mask_on_create="refuse")
    status, body = api.post(REMOTE, remote(name="b", url="https://b", token=MASK))
    assert (status, list(violations(body[0]))) == (400, ["token"])


def test_null_variant_keeps_the_mask(api: Api) -> None:
    object_id = api.create(REMOTE, remote())
    api.vary(settings_null_properties="null")
    assert api.one(object_id)["value"]["token"] == MASK
