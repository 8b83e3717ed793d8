# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault.api import CredentialVault
from ansible_collections.community.dynatrace.plugins.module_utils._errors import TransportError
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport

from tests.support.server import Server, reply

FINGERPRINT = "ab" * 32
MARK = f"[sha256:{FINGERPRINT} expires:2030-01-02T03:04:05Z]"


def vault(server: Server) -> CredentialVault:
    return CredentialVault(Client(server.url, ApiToken("dt0c01.X.Y"), Transport(retries=0)))


def row(entry_id: str, **more: Any) -> dict[str, Any]:
    return {"id": entry_id, "name": "Team", "type": "PUBLIC_CERTIFICATE", "scopes": ["EXTENSION"], **more}


def test_entries_are_those_of_extensions_in_the_order_of_their_ids() -> None:
    rows = [
        row("C-3", description=f"text {MARK} more"),
        row("C-2", scopes=None, scope="ALL", description=f"by hand {FINGERPRINT}"),
        row("C-1", type="TOKEN"),
        row("C-0", scopes=["SYNTHETIC"]),
    ]
    pages = [reply(200, {"credentials": rows[:1], "nextPageKey": "k"}), reply(200, {"credentials": rows[1:]})]
    with Server(*pages) as server:
        by_hand, ours = vault(server).entries()
    assert [request.query for request in server.requests] == [{"pageSize": ["500"]}, {"nextPageKey": ["k"]}]
    assert (ours.id, ours.text, ours.fingerprint, ours.is_ours) == ("C-3", "text more", FINGERPRINT, True)
    assert ours.expires == "2030-01-02T03:04:05Z"
    assert (by_hand.id, by_hand.fingerprint, by_hand.is_ours, by_hand.expires) == ("C-2", FINGERPRINT, False, None)
    assert by_hand.scopes == ("ALL",)


@pytest.mark.parametrize("bad", [{"id": []}, {"name": []}, {"scopes": "EXTENSION"}])
def test_a_row_that_is_none(bad: dict[str, Any]) -> None:
    with Server(reply(200, {"credentials": [row("C-1", **bad)]})) as server, pytest.raises(TransportError):
        vault(server).entries()


def test_writes() -> None:
    with Server(reply(201, {"id": "C-9"}), reply(204), reply(204)) as server:
        calls = vault(server)
        assert calls.create({"name": "x"}) == "C-9"
        calls.update("C/1", {"name": "y"})
        calls.delete("C-1")
    assert [request.method for request in server.requests] == ["POST", "PUT", "DELETE"]
    assert [request.path for request in server.requests][1:] == ["/api/v2/credentials/C%2F1", "/api/v2/credentials/C-1"]
