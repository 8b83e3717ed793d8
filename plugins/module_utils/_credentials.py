# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which way to authenticate: from the task's options, else from the environment (never mixed, never guessed)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._errors import InputError
from ._http.auth import SSO_TOKEN_URL, ApiToken, Authentication, OAuth, PlatformToken
from ._http.url import checked_https

# The names that Terraform's provider and other Dynatrace tools read as well; the first that is set and not blank counts.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "api_token": ("DYNATRACE_API_TOKEN", "DT_API_TOKEN"),
    "platform_token": ("DYNATRACE_PLATFORM_TOKEN", "DT_PLATFORM_TOKEN"),
    "oauth_client_id": ("DYNATRACE_CLIENT_ID", "DT_CLIENT_ID"),
    "oauth_client_secret": ("DYNATRACE_CLIENT_SECRET", "DT_CLIENT_SECRET"),
}
SECRETS = ("api_token", "platform_token", "oauth_client_secret")
_WAYS = (("api_token",), ("platform_token",), ("oauth_client_id", "oauth_client_secret"))


def credentials(params: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """The options of exactly one way to authenticate.

    Any of them given to the task (or by module_defaults) hides the environment's; an empty or blank text is unset. Raises
    InputError for none, for two ways on the same level, and for half of OAuth's pair.
    """
    given = {name: params[name] for name in VARIABLES if _is_given(params.get(name))}
    if given:
        return _one_way(given, {name: f"option {name}" for name in VARIABLES})
    values = {}
    places = {name: f"environment variable {' or '.join(variables)}" for name, variables in VARIABLES.items()}
    for name in VARIABLES:
        variable = _first_set(name, environ)
        if variable is not None:
            values[name], places[name] = environ[variable], f"environment variable {variable}"
    return _one_way(values, places)


def _first_set(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable of an option that counts."""
    return next((variable for variable in VARIABLES[name] if _is_given(environ.get(variable))), None)


def _is_given(text: str | None) -> bool:
    return bool(text and text.strip())


def _one_way(given: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """``places``: where each option was given, or could have been."""
    ways = [way for way in _WAYS if not given.keys().isdisjoint(way)]
    if not ways:
        raise InputError(
            "no credentials: give api_token, platform_token, or oauth_client_id with oauth_client_secret, as options "
            "or as the environment variables DYNATRACE_API_TOKEN, DYNATRACE_PLATFORM_TOKEN, DYNATRACE_CLIENT_ID and "
            "DYNATRACE_CLIENT_SECRET"
        )
    if len(ways) > 1:
        listed = " and ".join(place for name, place in places.items() if name in given)
        raise InputError(f"two ways to authenticate at once: {listed}. Leave only one of them")
    for name in ways[0]:
        if name not in given:
            raise InputError(f"OAuth needs both oauth_client_id and oauth_client_secret: {places[name]} is missing")
    return dict(given)


def authentication(
    chosen: Mapping[str, str], params: Mapping[str, Any], scopes: list[str], on_token: Callable[[str], None]
) -> Authentication:
    """From ``credentials``'s answer. ``scopes``: what an OAuth token is asked for unless oauth_scopes says otherwise."""
    if "api_token" in chosen:
        return ApiToken(chosen["api_token"])
    if "platform_token" in chosen:
        return PlatformToken(chosen["platform_token"])
    token_url = checked_https("oauth_token_url", params.get("oauth_token_url") or SSO_TOKEN_URL)
    wanted = params.get("oauth_scopes") or scopes
    if not wanted:
        raise InputError(
            "oauth_scopes is missing: which scopes this endpoint needs is in its documentation, and not known to the module"
        )
    return OAuth(
        chosen["oauth_client_id"],
        chosen["oauth_client_secret"],
        wanted,
        token_url,
        params.get("oauth_resource"),
        on_token,
    )
