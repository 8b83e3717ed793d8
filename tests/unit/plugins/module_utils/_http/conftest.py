# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, Authentication
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, Reader

from tests.support.server import Server

# What requests reads from its surroundings.
_AMBIENT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle", "netrc")

Connect = Callable[..., Client]


def raw(answer: Part) -> Any:
    """A reader that takes whatever comes, nothing as well."""
    return answer.raw


def call(client: Client, method: str, path: str = "/v2/x", body: Any = (), read: Reader[Any] = raw) -> Any:
    """One request by the client's method of that name."""
    if method == "get":
        return client.get(path, None, read)
    if method == "delete":
        return client.delete(path)
    return getattr(client, method)(path, body, read)


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _AMBIENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A quick client of a server or an address: ``connect(server, retries=0)``."""
    clients = []

    def connect(server: Server | str, authentication: Authentication | None = None, **transport: Any) -> Client:
        url = server if isinstance(server, str) else server.url
        settings: dict[str, Any] = {"timeout": 1.0, "retries": 3, "retry_max_delay": 0.02, **transport}
        client = Client(url, authentication or ApiToken("dt0c01.PUBLIC.SECRET"), Transport(**settings))
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()
