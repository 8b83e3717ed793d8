# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""From the options that all modules and plugins share to a client: which environment, which token, how to send."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from . import _credentials
from ._errors import InputError
from ._http.client import Client
from ._http.exchange import Transport
from ._version import VERSION

try:
    from ansible.module_utils.secrets import register_secret
except ImportError:  # ansible-core before 2.22

    def register_secret(text: str) -> None:
        """Older versions of ansible-core mask by ``no_log_values`` alone."""


# In seconds, and times; the upper end is what sockets and sleeps can still count. Of parallel requests each has a thread and a connection.
_LIMITS = {"timeout": (0.001, 1e6), "retries": (0, 1e6), "retry_max_delay": (0, 1e6), "parallel": (1, 32)}
# What requests and OpenSSL read from their surroundings; of proxies in small letters as well.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_SURROUNDINGS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC", "HOME")
# Makes the digest of client_key worthless to whoever sees it, short secrets included.
_SALT = os.urandom(16)
# Of one loop; a loop over more environments than this begins anew with each.
_MOST_CLIENTS = 8


def _from_environment(*names: str) -> str:
    """The first variable that is set and not empty: AWX injects the unused fields of a credential as empty texts."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def _option(*variables: str, **rules: Any) -> dict[str, Any]:
    return {**rules, "fallback": (_from_environment, list(variables))}


def common_options() -> dict[str, Any]:
    """Documented in the fragment ``auth``. The credentials' variables are read in _credentials, where they exclude each other."""
    return {
        "environment_url": _option("DYNATRACE_ENV_URL", "DT_ENV_URL", type="str"),
        "api_token": {"type": "str", "no_log": True},
        "platform_token": {"type": "str", "no_log": True},
        "oauth_client_id": {"type": "str"},
        "oauth_client_secret": {"type": "str", "no_log": True},
        "oauth_token_url": {**_option("DYNATRACE_TOKEN_URL", "DT_TOKEN_URL", type="str"), "no_log": False},
        "oauth_scopes": {"type": "list", "elements": "str"},
        "oauth_resource": _option("DYNATRACE_ACCOUNT_URN", type="str"),
        "validate_certs": _option("DYNATRACE_VALIDATE_CERTS", type="bool", default=True),
        "ca_path": _option("DYNATRACE_CA_PATH", type="path"),
        "client_cert": _option("DYNATRACE_CLIENT_CERT", type="path"),
        "client_key": {**_option("DYNATRACE_CLIENT_KEY", type="path"), "no_log": False},
        "timeout": _option("DYNATRACE_TIMEOUT", type="float", default=60),
        "retries": _option("DYNATRACE_RETRIES", type="int", default=5),
        "retry_max_delay": _option("DYNATRACE_RETRY_MAX_DELAY", type="float", default=60),
    }


def progress_option() -> dict[str, Any]:
    """Of the modules that can wait; documented in the fragment ``progress``."""
    return {"progress": _option("DYNATRACE_PROGRESS", type="bool", default=True)}


def client_key(params: Mapping[str, Any], environ: Mapping[str, str], scopes: Sequence[str] = ()) -> Hashable:
    """Two calls of ``connected`` with the same key make clients that cannot differ, so that one of them can serve both.

    Besides the options that is all they read from their surroundings, and the process: connections do not survive a fork. Secrets are
    in it as a digest alone.
    """
    options = {name: params.get(name) for name in (*common_options(), "parallel")}
    names = [*_PROXIES, *map(str.lower, _PROXIES), *_SURROUNDINGS]
    for variables in _credentials.VARIABLES.values():
        names += variables
    surroundings = {name: environ.get(name) for name in names}
    text = json.dumps([options, surroundings, sorted(scopes)], sort_keys=True, default=str)
    return os.getpid(), hmac.new(_SALT, text.encode(), "sha256").hexdigest()


def connected(
    params: Mapping[str, Any], scopes: list[str], on_secret: Callable[[str], None], ansible_version: str
) -> Client:
    """A client from validated options. ``on_secret`` learns each text that must not be shown, tokens issued later as well."""

    def keep_secret(text: str) -> None:
        on_secret(text)
        register_secret(text)

    if not params["environment_url"]:
        raise InputError(
            "environment_url is missing or empty: give an address, or leave the option out and set DYNATRACE_ENV_URL"
        )
    for name, (least, most) in _LIMITS.items():
        if name in params and not least <= params[name] <= most:
            raise InputError(f"{name} must be from {least:g} to {most:.0f}")
    chosen = _credentials.credentials(params, os.environ)
    for name in _credentials.SECRETS:
        if name in chosen:
            keep_secret(chosen[name])
            keep_secret(chosen[name].strip())
    transport = Transport(
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"] or None,
        client_cert=params["client_cert"] or None,
        client_key=params["client_key"] or None,
        timeout=params["timeout"],
        retries=params["retries"],
        retry_max_delay=params["retry_max_delay"],
        user_agent=f"community.dynatrace/{VERSION} ansible/{ansible_version}",
        threads=params.get("parallel") or 1,
    )
    authentication = _credentials.authentication(chosen, params, scopes, keep_secret)
    return Client(params["environment_url"], authentication, transport)


@dataclass
class Connection:
    """A client, and the secrets that it knows: its credentials, and the tokens that were issued to it."""

    client: Client
    secrets: set[str] = field(repr=False)


class Clients:
    """Clients that stay for the next items of a loop, with session, token, and what rooms keep with them."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Connection] = {}

    def get(self, params: Mapping[str, Any], scopes: Sequence[str], ansible_version: str) -> Connection:
        """The client for validated options, a new one where none is equal. Raises InputError."""
        key = client_key(params, os.environ, scopes)
        connection = self._kept.pop(key, None)
        if connection is None:
            secrets: set[str] = set()
            connection = Connection(connected(params, list(scopes), secrets.add, ansible_version), secrets)
        self._kept[key] = connection
        if len(self._kept) > _MOST_CLIENTS:
            self._kept.pop(next(iter(self._kept))).client.close()
        return connection

    def close(self) -> None:
        for connection in self._kept.values():
            connection.client.close()
        self._kept.clear()
