# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of the vault, and what may be one."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from ..errors import ApiError, one_of
from ..variants import Variants

TYPES = (
    "AWS_MONITORING_KEY_BASED",
    "AWS_MONITORING_ROLE_BASED",
    "CERTIFICATE",
    "PUBLIC_CERTIFICATE",
    "SNMPV3",
    "TOKEN",
    "USERNAME_PASSWORD",
)
SCOPES = ("ALL", "APP_ENGINE", "EXTENSION", "EXTENSION_AUTHENTICATION", "SYNTHETIC")
_SECRETS = ("certificate", "certificateFormat", "password", "token", "user")
_SEEDS: tuple[dict[str, Any], ...] = (
    {
        "name": "Web shop login",
        "type": "USERNAME_PASSWORD",
        "user": "shop",
        "password": "c2VjcmV0",
        "scope": "SYNTHETIC",
    },
    {"name": "Web shop token", "type": "TOKEN", "token": "sandbox", "scope": "SYNTHETIC"},
)


@dataclass
class Entry:
    """``shown``: what reads give back; ``secret``: what they never do; ``is_new``: no list has shown it yet."""

    shown: dict[str, Any]
    secret: dict[str, Any]
    is_new: bool = False

    @property
    def scopes(self) -> list[str]:
        return list(self.shown["scopes"])

    def certificate(self) -> x509.Certificate | None:
        """A public certificate that extensions may be signed with."""
        if self.shown["type"] != "PUBLIC_CERTIFICATE" or not {"ALL", "EXTENSION"} & set(self.scopes):
            return None
        return x509.load_pem_x509_certificate(base64.b64decode(self.secret["certificate"]))


class Vault:
    def __init__(self, variants: Variants) -> None:
        self._variants = variants
        self._entries: dict[str, Entry] = {}
        for index, seed in enumerate(_SEEDS):
            self._entries[f"CREDENTIALS_VAULT-{index:016X}"] = self._checked(f"CREDENTIALS_VAULT-{index:016X}", seed)

    def listed(self) -> list[Entry]:
        """All entries in no order that means anything; a new one perhaps not yet."""
        entries = [entry for entry in self._entries.values() if not entry.is_new]
        for entry in self._entries.values():
            entry.is_new = False
        return entries

    def state(self) -> list[Any]:
        """All entries, secrets included."""
        return [{**entry.shown, "secret": entry.secret} for dummy, entry in sorted(self._entries.items())]

    def get(self, entry_id: str) -> Entry:
        if entry_id not in self._entries:
            raise self._unknown(entry_id)
        return self._entries[entry_id]

    def create(self, body: Any) -> str:
        entry_id = "CREDENTIALS_VAULT-" + secrets.token_hex(8).upper()
        entry = self._checked(entry_id, body)
        entry.is_new = bool(self._variants["credential_list_lag"])
        self._entries[entry_id] = entry
        return entry_id

    def replace(self, entry_id: str, body: Any) -> bool:
        """True: it was made."""
        is_new = entry_id not in self._entries
        if is_new and self._variants["credential_put_unknown"] == "refused":
            raise self._unknown(entry_id)
        self._entries[entry_id] = self._checked(entry_id, body)
        return is_new

    def delete(self, entry_id: str) -> None:
        self.get(entry_id)
        del self._entries[entry_id]

    def certificates(self) -> list[x509.Certificate]:
        """Those that signatures of extensions are checked with."""
        certificates = (entry.certificate() for entry in self._entries.values())
        return [certificate for certificate in certificates if certificate is not None]

    def _unknown(self, entry_id: str) -> ApiError:
        return ApiError(self._variants["credential_unknown"], f"Credentials with id {entry_id} not found")

    def _checked(self, entry_id: str, body: Any) -> Entry:
        """The whole entry, or 400: nothing of an earlier one is kept (PUT replaces)."""
        given = body if isinstance(body, dict) else {}
        scopes = given.get("scopes") or [given.get("scope")]
        _check(given, scopes)
        names = {entry.shown["name"] for key, entry in self._entries.items() if key != entry_id}
        if given["name"] in names and self._variants["credential_names"] == "unique":
            raise ApiError(400, f"Credentials with the name '{given['name']}' already exist")
        shown = {
            "name": given["name"],
            "id": entry_id,
            "type": given["type"],
            "description": given.get("description") or "",
            "owner": "sandbox",
            "ownerAccessOnly": bool(given.get("ownerAccessOnly", False)),
            "scope": scopes[0],
            "scopes": list(scopes),
            "credentialUsageSummary": [],
            "allowedEntities": given.get("allowedEntities") or [],
        }
        return Entry(shown, {key: given[key] for key in _SECRETS if key in given})


def _check(given: dict[str, Any], scopes: list[Any]) -> None:
    _check_texts(given, "name", "type")
    one_of("type", given["type"], TYPES, "PAYLOAD_BODY")
    for scope in scopes:
        one_of("scopes", scope, SCOPES, "PAYLOAD_BODY")
    if "id" in given:
        raise ApiError.in_body("id", "must be null")
    if given["type"] in ("CERTIFICATE", "PUBLIC_CERTIFICATE"):
        _check_certificate(given)


def _check_texts(given: dict[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(given.get(name), str) or not given[name]:
            raise ApiError.in_body(name, "must not be null")


def _check_certificate(given: dict[str, Any]) -> None:
    _check_texts(given, "certificate", "certificateFormat", "password")
    one_of("certificateFormat", given["certificateFormat"], ("PEM", "PKCS12"), "PAYLOAD_BODY")
    try:
        content = base64.b64decode(given["certificate"], validate=True)
        base64.b64decode(given["password"], validate=True)
        if given["certificateFormat"] == "PEM":
            x509.load_pem_x509_certificate(content)
    except (binascii.Error, ValueError):
        raise ApiError.in_body("certificate", "The certificate is not valid") from None
