# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens, scopes, the OAuth token endpoint and the token lookup (API facts, 0.2 to 0.4)."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from .errors import ApiError
from .http import Call, Endpoint, Reply
from .variants import Variant, Variants

VARIANTS = {
    "oauth_expires_in": Variant("life of an OAuth token in seconds (the real one lives 300)", (300,), free=True),
}

# Any text of this form is taken for everything while no token was named on the command line.
_API_TOKEN = re.compile(r"dt0c01\.[A-Za-z0-9]+\.[A-Za-z0-9]+")
_PLATFORM_TOKEN = re.compile(r"dt0s16\.[A-Za-z0-9]+\.[A-Za-z0-9]+")
_OAUTH_CLIENT = re.compile(r"dt0s02\.[A-Za-z0-9]+")


@dataclass(frozen=True)
class Token:
    """``scopes`` None: everything. ``expires_at`` by the monotonic clock, None: never. ``client``: whose OAuth token it is."""

    scopes: frozenset[str] | None
    expires_at: float | None = None
    client: str = ""


class Tokens:
    """Who may do what. Named tokens come from the command line, OAuth tokens from the token endpoint."""

    def __init__(self, named: Mapping[str, Iterable[str] | None], variants: Variants) -> None:
        self._named = {text: Token(None if scopes is None else frozenset(scopes)) for text, scopes in named.items()}
        self._variants = variants
        self._issued: dict[str, Token] = {}

    def reset(self) -> None:
        """Every OAuth token is forgotten, as if all of them had expired at once."""
        self._issued.clear()

    def check(self, authorization: str | None, platform: bool, endpoint: Endpoint) -> tuple[str, frozenset[str] | None]:
        """Who calls (the public part of the token, or the OAuth client) and with which scopes, or 401 / 403."""
        scheme, dummy, text = (authorization or "").partition(" ")
        _check_scheme(scheme, platform)
        token = self._find(text, platform)
        if token is None:
            raise ApiError(401, "Token Authentication failed")
        for needed in (endpoint.scopes, endpoint.also):
            if needed and token.scopes is not None and token.scopes.isdisjoint(needed):
                wanted = [scope for scope in needed if (":" in scope) == platform] or list(needed)
                raise ApiError(403, f"Token is missing required scope. Use one of: {', '.join(wanted)}")
        return token.client or ".".join(text.split(".")[:2]), token.scopes

    def _find(self, text: str, platform: bool) -> Token | None:
        issued = self._issued.get(text)
        if issued is not None:
            return issued if issued.expires_at is None or time.monotonic() < issued.expires_at else None
        if self._named:
            return self._named.get(text)
        return Token(None) if (_PLATFORM_TOKEN if platform else _API_TOKEN).fullmatch(text) else None

    def issue(self, call: Call) -> Reply:
        """``POST /sso/oauth2/token``; wrong credentials are a 400 there, not a 401."""
        form = {name: values[-1] for name, values in parse_qs(call.body.decode(errors="replace")).items()}
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if form.get("grant_type") != "client_credentials":
            return _not_issued(call)
        if not _OAUTH_CLIENT.fullmatch(client) or not secret.startswith(client + "."):
            return _not_issued(call)
        seconds = int(self._variants["oauth_expires_in"])
        text = "sandbox." + secrets.token_hex(24)
        scopes = form.get("scope", "").split()
        self._issued[text] = Token(frozenset(scopes), time.monotonic() + seconds, client)
        answer = {"scope": " ".join(scopes), "token_type": "Bearer", "expires_in": seconds, "access_token": text}
        if "resource" in form:
            answer["resource"] = form["resource"]
        return Reply(200, answer)

    def lookup(self, call: Call) -> Reply:
        """``POST /apiTokens/lookup``: 404 without a body when the token is unknown."""
        body = call.json()
        text = body.get("token") if isinstance(body, dict) else None
        if not isinstance(text, str) or not text:
            raise ApiError.in_body("token", "must not be null")
        token = self._find(text, platform=False)
        if token is None:
            return Reply(404)
        known = {scope for scope in ALL_SCOPES if ":" not in scope}
        return Reply(
            200,
            {
                "id": ".".join(text.split(".")[:2]),
                "name": "sandbox",
                "enabled": True,
                "personalAccessToken": False,
                "owner": "sandbox",
                "creationDate": "2026-01-01T00:00:00.000Z",
                "scopes": sorted(known if token.scopes is None else token.scopes),
            },
        )

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("POST", "/v2/apiTokens/lookup", self.lookup, is_validation=True)]


def _check_scheme(scheme: str, platform: bool) -> None:
    if platform and scheme != "Bearer":
        raise ApiError(
            401,
            f"Unsupported authorization scheme '{scheme or 'undefined'}'. "
            "Dynatrace platform APIs require the authorization scheme 'Bearer'",
        )
    if not platform and scheme != "Api-Token":
        # API facts, 5.2: these words without a header; nobody says those for another scheme.
        raise ApiError(401, "Token Authentication failed" if scheme else "Missing authorization parameter.")


def _not_issued(call: Call) -> Reply:
    """API facts, 5.2: the token service says no more than this, whatever was wrong. The same request has the same ``issueId``."""
    issue = hashlib.sha256(call.body).hexdigest()[:16].upper()
    return Reply(400, {"errorCode": 400, "message": "Bad Request", "issueId": issue})


# API facts, 0.3.
SETTINGS_READ = ("settings.read", "settings:objects:read")
SETTINGS_WRITE = ("settings.write", "settings:objects:write")
# In addition to the others, for adminAccess; API tokens have nothing like it.
SETTINGS_ADMIN = "settings:objects:admin"
SCHEMAS_READ = ("settings.read", "settings:schemas:read")
EXTENSIONS_READ = ("extensions.read", "environment-api:extensions:read")
EXTENSIONS_WRITE = ("extensions.write", "environment-api:extensions:write")
ENVIRONMENT_CONFIGURATION_READ = ("extensionEnvironment.read", *EXTENSIONS_READ)
ENVIRONMENT_CONFIGURATION_WRITE = ("extensionEnvironment.write", *EXTENSIONS_WRITE)
# Nobody says what the platform calls these two (API facts, 0.3): whoever may write extensions may install them.
HUB_READ = ("hub.read", "environment-api:extensions:read")
HUB_INSTALL = ("hub.install", "environment-api:extensions:write")
# Of the platform's own API for extensions.
DEFINITIONS_READ = ("extensions:definitions:read",)
DEFINITIONS_WRITE = ("extensions:definitions:write",)
PLATFORM_CONFIGURATIONS_READ = ("extensions:configurations:read",)
PLATFORM_CONFIGURATIONS_WRITE = ("extensions:configurations:write",)
CATALOG_READ = ("hub:catalog:read",)
CONFIGURATIONS_READ = ("extensionConfigurations.read", "environment-api:extension-configurations:read")
CONFIGURATIONS_WRITE = ("extensionConfigurations.write", "environment-api:extension-configurations:write")
ACTIVEGATES_READ = ("activeGates.read", "environment-api:activegates:read", "fleet-management:activegates:read")
ACTIVEGATES_WRITE = ("activeGates.write", "environment-api:activegates:write", "fleet-management:activegates:write")
CREDENTIALS_READ = ("credentialVault.read", "environment-api:credentials:read")
CREDENTIALS_WRITE = ("credentialVault.write", "environment-api:credentials:write")
INSTALLER_DOWNLOAD = ("InstallerDownload", "fleet-management:activegates:download")

ALL_SCOPES = frozenset(
    SETTINGS_READ
    + SETTINGS_WRITE
    + SCHEMAS_READ
    + ENVIRONMENT_CONFIGURATION_READ
    + ENVIRONMENT_CONFIGURATION_WRITE
    + HUB_READ
    + HUB_INSTALL
    + CONFIGURATIONS_READ
    + CONFIGURATIONS_WRITE
    + ACTIVEGATES_READ
    + ACTIVEGATES_WRITE
    + CREDENTIALS_READ
    + CREDENTIALS_WRITE
    + INSTALLER_DOWNLOAD
)
