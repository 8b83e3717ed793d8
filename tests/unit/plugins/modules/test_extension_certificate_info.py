# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_certificate_info against the sandbox."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes

from tests.support.packages import Keys, keys, make_keys
from tests.support.sandbox import TOKEN, RunningSandbox

MODULE = "extension_certificate_info"


@pytest.fixture(scope="module")
def ending() -> Keys:
    """Half a day is left of its last ten."""
    return make_keys("Ending CA", ca_days=(-5, 9.5))


def _by_hand(sandbox: RunningSandbox, given: Keys, **more: Any) -> None:
    body = {
        "name": "by hand",
        "type": "PUBLIC_CERTIFICATE",
        "scope": "EXTENSION",
        "certificate": base64.b64encode(given.ca_pem).decode(),
        "certificateFormat": "PEM",
        "password": "eA==",
        **more,
    }
    headers = {"Authorization": f"Api-Token {TOKEN}"}
    answer = requests.post(f"{sandbox.url}/api/v2/credentials", headers=headers, json=body, timeout=10)
    assert answer.status_code == 201, answer.text


def _listed(sandbox: RunningSandbox, **args: Any) -> list[dict[str, Any]]:
    sandbox.clear()
    result = sandbox.run(MODULE, **args)
    assert not result.get("failed"), result
    assert (result["changed"], sandbox.writes) == (False, [])
    found: list[dict[str, Any]] = result["certificates"]
    return found


def test_what_expires_first_is_at_the_top_and_what_is_not_known_at_the_end(
    sandbox: RunningSandbox, ending: Keys
) -> None:
    _by_hand(sandbox, make_keys("Unknown CA"))
    for given in (keys(), ending):
        assert sandbox.run("extension_certificate", content=given.ca_pem.decode())["changed"]
    first, second, third = _listed(sandbox)
    assert sandbox.sent == ["GET /v2/credentials"]
    assert first["name"].startswith("Ending CA ")
    assert (first["days_left"], first["expired"]) == (9, False)
    assert first["fingerprint"] == ending.ca.fingerprint(hashes.SHA256()).hex()
    assert second["days_left"] > 3000
    assert (third["name"], third["owner"], third["scopes"]) == ("by hand", "sandbox", ["EXTENSION"])
    assert {third[name] for name in ("fingerprint", "not_after", "days_left", "expired")} == {None}


def test_those_that_expire_within_some_days(sandbox: RunningSandbox, ending: Keys) -> None:
    _by_hand(sandbox, ending, name="by hand")
    for given in (keys(), ending):
        sandbox.run("extension_certificate", content=given.ca_pem.decode())
    assert [one["days_left"] for one in _listed(sandbox, expires_within=10)] == [9]
    assert _listed(sandbox, expires_within=9) == []
    assert len(_listed(sandbox, expires_within=5000)) == 2


def test_one_that_has_expired(sandbox: RunningSandbox, ending: Keys) -> None:
    fingerprint = ending.ca.fingerprint(hashes.SHA256()).hex()
    _by_hand(sandbox, ending, description=f"[sha256:{fingerprint} expires:2020-02-01T00:00:00Z]")
    (one,) = _listed(sandbox, expires_within=0)
    assert (one["expired"], one["not_after"]) == (True, "2020-02-01T00:00:00Z")
    assert one["days_left"] < -2000


def test_two_fingerprints_in_a_description_tell_nothing(sandbox: RunningSandbox, ending: Keys) -> None:
    _by_hand(sandbox, ending, description=f"{'ab' * 32} or {'cd' * 32}")
    assert _listed(sandbox)[0]["fingerprint"] is None


def test_a_date_that_is_none_is_not_known(sandbox: RunningSandbox, ending: Keys) -> None:
    """Whoever writes into the description by hand must not break the module."""
    _by_hand(sandbox, ending, description=f"[sha256:{'ab' * 32} expires:2026-02-31T00:00:00Z]")
    (one,) = _listed(sandbox)
    assert (one["fingerprint"], one["not_after"]) == ("ab" * 32, None)


def test_a_negative_number_of_days_is_an_error(sandbox: RunningSandbox) -> None:
    result = sandbox.run(MODULE, expires_within=-1)
    assert "must not be negative" in result["msg"]
    assert sandbox.sent == []
