# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Ways to authenticate (API facts, 0.2).

They are ``AuthBase`` classes because anything else, a header of the session included, is replaced by a ``.netrc`` entry.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from .. import _clock
from .._errors import InputError
from .library import AuthBase
from .shape import Part, ShapeError
from .tokens import checked_credential, checked_token

SSO_TOKEN_URL = "https://sso.dynatrace.com/sso/oauth2/token"  # noqa: S105 - an address, not a token
# A token lives 300 s; renewed this long before its end, it outlives the request that carries it.
_USUAL_LIFE = 300.0
_RENEW_BEFORE = 30.0
_SHARE_OF_SHORT_LIFE = 0.2


class Authentication(AuthBase):
    """Sets the Authorization header. ``for_platform``: it is taken at the platform's addresses, not at the classic ones."""

    for_platform = True

    def __init__(self, scheme: str, token: str) -> None:
        self._scheme = scheme
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"{self._scheme} {self._token}"
        return request

    def prepare(self, post_form: Callable[[str, dict[str, str]], Any]) -> None:
        """Called before each request."""

    def renew(self, refused: str) -> bool:
        """Called after a 401 to a request with the Authorization header ``refused``: whether another try is worth it."""
        return False


class ApiToken(Authentication):
    """``Authorization: Api-Token``, on the classic addresses."""

    for_platform = False

    def __init__(self, token: str) -> None:
        super().__init__("Api-Token", checked_credential("api_token", token))


class PlatformToken(Authentication):
    """``Authorization: Bearer`` with a platform token (``dt0s16``)."""

    def __init__(self, token: str) -> None:
        super().__init__("Bearer", checked_credential("platform_token", token))


class OAuth(Authentication):
    """OAuth client credentials. The token is kept in memory only, and renewed before it ends or when it is refused."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        scopes: list[str],
        token_url: str = SSO_TOKEN_URL,
        resource: str | None = None,
        on_token: Callable[[str], None] = lambda token: None,
    ) -> None:
        super().__init__("Bearer", "")
        self._form = {
            "grant_type": "client_credentials",
            "client_id": checked_credential("oauth_client_id", client_id),
            "client_secret": checked_credential("oauth_client_secret", client_secret),
            "scope": " ".join(scopes),
        }
        if resource:
            self._form["resource"] = resource
        self._token_url = token_url
        self._on_token = on_token
        self._valid_until = 0.0
        self._lock = threading.Lock()

    def prepare(self, post_form: Callable[[str, dict[str, str]], Any]) -> None:
        """Gets a token where there is none that lasts. One thread asks, the others wait for its answer."""
        with self._lock:
            if _clock.monotonic() < self._valid_until:
                return
            asked_at = _clock.monotonic()
            token, life = self._issued(post_form(self._token_url, self._form))
            self._token = checked_token(f"the access_token from {self._token_url} (oauth_token_url)", token)
            self._valid_until = asked_at + life - min(_RENEW_BEFORE, life * _SHARE_OF_SHORT_LIFE)
            self._on_token(self._token)

    def _issued(self, answer: Any) -> tuple[str, float]:
        """The token of the service's answer, and its life in seconds."""
        try:
            return Part(answer).text("access_token"), _life(Part(answer).value("expires_in"))
        except ShapeError:
            # What there is instead might be a secret.
            raise InputError(f"the answer of {self._token_url} holds no access_token: check oauth_token_url") from None

    def renew(self, refused: str) -> bool:
        """Another thread may have renewed the token since ``refused`` was sent; then its new one is tried."""
        with self._lock:
            if refused == f"{self._scheme} {self._token}":
                self._valid_until = 0.0
        return True


def _life(value: Any) -> float:
    """``expires_in``, or what it is at Dynatrace's own service where that is not a number of seconds."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return _USUAL_LIFE
    return seconds if 0 < seconds < math.inf else _USUAL_LIFE
