# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints under /v2/credentials (API facts, 4)."""

from __future__ import annotations

from typing import Any

from .. import auth
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..variants import Variants
from .vault import SCOPES, Entry, Vault

_ALL, _ONE = "/v2/credentials", "/v2/credentials/{id}"
_PAGE = (100, 500)
# The filter does not know PUBLIC_CERTIFICATE.
_TYPES = (
    "CERTIFICATE",
    "USERNAME_PASSWORD",
    "TOKEN",
    "SNMPV3",
    "AWS_MONITORING_KEY_BASED",
    "AWS_MONITORING_ROLE_BASED",
)


class Credentials:
    """The credential vault of the environment."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants
        self.vault = Vault(variants)

    def state(self) -> list[Any]:
        return self.vault.state()

    def endpoints(self) -> list[Endpoint]:
        """Those that give back what is secret are not among them: they refuse what extensions use."""
        read, write = auth.CREDENTIALS_READ, auth.CREDENTIALS_WRITE
        return [
            Endpoint("GET", _ALL, self._list, read),
            Endpoint("POST", _ALL, self._create, write),
            Endpoint("GET", _ONE, self._get, read),
            Endpoint("PUT", _ONE, self._replace, write),
            Endpoint("DELETE", _ONE, self._delete, write),
        ]

    def _list(self, call: Call) -> Reply:
        listed = self.vault.listed()

        def rows(asked: Call) -> list[dict[str, Any]]:
            asked.choice("type", _TYPES)
            asked.choice("scope", SCOPES)
            return [self._shown(entry) for entry in listed if _passes(asked, entry)]

        page, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"credentials": page, **meta})

    def _get(self, call: Call) -> Reply:
        return Reply(200, self._shown(self.vault.get(call.params["id"])))

    def _create(self, call: Call) -> Reply:
        return Reply(201, {"id": self.vault.create(call.json())})

    def _replace(self, call: Call) -> Reply:
        made = self.vault.replace(call.params["id"], call.json())
        return Reply(201, {"id": call.params["id"]}) if made else Reply(204)

    def _delete(self, call: Call) -> Reply:
        self.vault.delete(call.params["id"])
        return Reply(204)

    def _shown(self, entry: Entry) -> dict[str, Any]:
        left_out = {"both": (), "scope": ("scopes",), "scopes": ("scope",)}[self._variants["credential_scope_fields"]]
        return {name: value for name, value in entry.shown.items() if name not in left_out}


def _passes(call: Call, entry: Entry) -> bool:
    """``name`` in quotation marks is a phrase, else words; upper and lower case are the same."""
    name, asked = entry.shown["name"].lower(), call.query.get("name", "").lower()
    words = [asked[1:-1]] if len(asked) > 1 and asked[0] == asked[-1] == '"' else asked.split()
    return (
        all(word in name for word in words)
        and call.query.get("type", entry.shown["type"]) == entry.shown["type"]
        and ("scope" not in call.query or call.query["scope"] in entry.scopes)
        and call.query.get("user", entry.shown["owner"]) == entry.shown["owner"]
    )
