# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether a text can be the credential that an option is for (API facts, 0.2). Nothing of it is ever repeated in a message.

A token is ``PREFIX.PUBLIC.SECRET``, and the prefix says its kind. Old tokens have no prefix and may still work, and so may kinds that
are not known here: both are left to the server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import InputError

_API, _PLATFORM, _CLIENT, _OTHER = "api", "platform", "client", "other"
_SCHEME = re.compile(r"(?:Api-Token|Bearer)\s", re.IGNORECASE)


@dataclass(frozen=True)
class _Kind:
    """``use``: what it is good for."""

    name: str
    title: str
    use: str


_API_TOKEN = _Kind(_API, "an API token", "give it as api_token")
_PLATFORM_TOKEN = _Kind(_PLATFORM, "a platform token", "give it as platform_token")
_OAUTH_CLIENT = _Kind(
    _CLIENT,
    "the credential of an OAuth client",
    "give the client's id as oauth_client_id and its secret as oauth_client_secret",
)
_USELESS = "create an API token, a platform token or an OAuth client for the collection"
_KINDS: Mapping[str, _Kind] = {
    "dt0c01": _API_TOKEN,
    "dt0s16": _PLATFORM_TOKEN,
    "dt0s01": _Kind(_OTHER, "a SCIM token", _USELESS),
    "dt0s06": _Kind(_OTHER, "an OAuth refresh token", _USELESS),
    "dt0g02": _Kind(_OTHER, "a token by which ActiveGates connect", _USELESS),
    **dict.fromkeys(("dt0s02", "dt0s03", "dt0s04", "dt0s08", "dt0s09"), _OAUTH_CLIENT),
}
_WANTED = {
    "api_token": _API,
    "platform_token": _PLATFORM,
    "oauth_client_id": _CLIENT,
    "oauth_client_secret": _CLIENT,
}


def checked_credential(option: str, text: str) -> str:
    """``text`` without surrounding white space. Raises InputError if it cannot be what ``option`` is for, or is only a part of it."""
    token = checked_token(option, text)
    prefix, *parts = token.split(".")
    kind = _KINDS.get(prefix)
    if kind is None:
        return token
    if kind.name != _WANTED[option]:
        raise InputError(f"{option} begins with {prefix}, so it is {kind.title}: {kind.use}")
    has_secret = len(parts) > 1 and parts[1] != ""
    if option == "oauth_client_id":
        if has_secret:
            raise InputError(
                f"oauth_client_id holds the client's secret: give {prefix} and the part after it, joined by a dot, without what follows"
            )
    elif not has_secret:
        raise InputError(
            f"{option} has no secret part: a token consists of {prefix}, a public part and a secret part, joined by dots"
        )
    return token


def checked_token(name: str, text: str) -> str:
    """``text`` without surrounding white space. Raises InputError if no token looks like it."""
    token = text.strip()
    if not token:
        raise InputError(f"{name} is empty")
    if _SCHEME.match(token):
        raise InputError(
            f"{name} begins with the name of a scheme, as the header Authorization does: give the token alone"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(
            f"{name} holds characters that tokens never have: check that it was copied completely, on one line"
        )
    return token


def public_part(text: str) -> str:
    """What may be shown of a token, by which the API names it as an author; any other text is unchanged."""
    prefix, *parts = text.strip().split(".")
    return f"{prefix}.{parts[0]}" if prefix in _KINDS and parts else text.strip()
