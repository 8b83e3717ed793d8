# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From the path that a user copies out of the API's documentation to a request of the client. Pure.

The token goes to the environment and nowhere else, so a path that could lead to another place is an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from .._errors import InputError, refuse_if

# API facts, 0.1: the same resources below two paths, by the kind of token.
_CLASSIC = re.compile(r"/(?:api|platform/classic/environment-api)(?P<rest>/(?:v[12]|config/v1)/.+)")
_PLATFORM = re.compile(r"/platform/(?!classic/).+")
# No part of any path of the API; some of it is read in more than one way by servers and proxies.
_NEVER = re.compile(r"[\x00-\x20\x7f\\#\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")
_HAS_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
# The API takes a token there as well, but addresses are logged.
_TOKEN_PARAMETER = "api-token"  # noqa: S105 - a name, not a token
_SLASH = "%2f"
# Of a segment that is empty, or "." or ".." to somebody. Some servers drop what follows a semicolon.
_LEADS_ELSEWHERE = re.compile(rf"\A\Z|(?:\A|{_SLASH})\.\.?(?:;|{_SLASH}|\Z)")
# Encodings of encodings: nobody means them, and three are more than any server undoes.
_DECODED_AT_MOST = 3
# Refusals that are about one request, and may be what the user expects.
_ACCEPTABLE = frozenset(range(400, 500)) - {401, 429}


@dataclass(frozen=True)
class Endpoint:
    """``path`` as the client takes it; ``given`` as the user calls it, for titles and messages."""

    given: str
    path: str
    params: Mapping[str, Any]

    @property
    def page_parameter(self) -> str:
        """How this API wants to be asked for the next page."""
        if self.path.startswith("/platform/"):
            return "page-key"
        return "nextPageKey"


def endpoint(path: str, query: Mapping[str, Any] | None, is_platform: bool, option: str = "path") -> Endpoint:
    """``is_platform``: the services of the platform can be reached. A query may be in ``path``, in ``query``, or in both.

    Raises InputError, which never repeats the query.
    """
    text, dummy, given_query = path.strip().partition("?")
    if _HAS_HOST.match(text):
        raise InputError(
            f"{option} must not name a host, which comes from environment_url: begin with /api/ or /platform/"
        )
    if not text.startswith("/"):
        text = "/" + text
    seen = _decoded(text)
    # A slash at the end is one that some paths of the API have.
    if _NEVER.search(seen) or any(map(_LEADS_ELSEWHERE.search, seen[1:].removesuffix("/").split("/"))):
        raise InputError(
            f"{option} holds an empty segment, '.', '..', a backslash, '#', white space or half of a surrogate pair: {text!r}"
        )
    return Endpoint(text, _client_path(text, is_platform, option), _params(given_query, query or {}))


def _client_path(text: str, is_platform: bool, option: str) -> str:
    classic = _CLASSIC.fullmatch(text)
    if classic:
        return classic["rest"]
    if not _PLATFORM.fullmatch(text):
        raise InputError(
            f"{option} {text} must begin with /api/v2/, /api/v1/, /api/config/v1/ or /platform/, as the API's documentation "
            "has it, and name an endpoint there"
        )
    if not is_platform:
        raise InputError(
            f"{option} {text} is a service of the platform: it takes a platform_token or OAuth, no api_token"
        )
    return text


def _decoded(text: str) -> str:
    """Without percent-encoding, as whoever decodes once too often would see it. An encoded slash stays part of a segment."""
    for dummy in range(_DECODED_AT_MOST):
        text = unquote(re.sub(_SLASH, quote(_SLASH), text, flags=re.IGNORECASE))
    return text


def _params(text: str, query: Mapping[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = dict(parse_qs(text, keep_blank_values=True))
    for name, value in query.items():
        refuse_if(name in params, f"the query parameter {name} is given twice: in the path and in query")
        _check_parameter(str(name), value)
        if value is not None:
            params[str(name)] = value
    refuse_if(
        _TOKEN_PARAMETER in map(str.lower, params),
        f"give the token as api_token, and not as the query parameter {_TOKEN_PARAMETER}",
    )
    return params


def _check_parameter(name: str, value: Any) -> None:
    items = value if isinstance(value, list) else [value]
    refuse_if(
        any(isinstance(item, (Mapping, list)) for item in items),
        f"the query parameter {name} must be a text, a number, a boolean or a list of them",
    )
    refuse_if(
        any(map(_HALF.search, map(str, (name, *items)))),
        f"the query parameter {name!r} holds half of a surrogate pair, which cannot be sent",
    )


def accepted(statuses: Collection[int] | None) -> frozenset[int]:
    """The option accept_status. Raises InputError for a status that can be no refusal of this request alone."""
    given = frozenset(statuses or ())
    others = sorted(given - _ACCEPTABLE)
    if others:
        raise InputError(
            f"accept_status holds {others[0]}: only refusals from 400 to 499, but 401 and 429, can be accepted"
        )
    return given
