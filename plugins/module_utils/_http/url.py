# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From the address that a user knows to the addresses that requests go to (API facts, 0.1)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .._errors import InputError

_PLATFORM_PATH = "/platform/classic/environment-api"
# What people copy along with the address of their environment.
_TAIL = re.compile(r"(?:/api(?:/v[12])?|/platform(?:/classic(?:/environment-api(?:/v[12])?)?)?|/ui.*)$")
_ENVIRONMENT = re.compile(r"/e/[^/]+")
_LABS_STAGE = re.compile(r"(?P<id>[^.]+)\.(?P<stage>[^.]+)(?P<apps>\.apps)?\.dynatracelabs\.com(?P<port>:[0-9]+)?")


# The environment's id is the first part of the host, whatever the token asks for behind it (API facts, 0.1).
_SAAS = re.compile(r"(?P<id>[^.]+)\..*\.dynatrace(?:labs)?\.com")


@dataclass(frozen=True)
class Urls:
    """Where an environment's APIs are, without a trailing slash. ``root``: the environment itself."""

    root: str
    api: str

    @property
    def environment_id(self) -> str:
        """The same for all addresses of one environment: the beginning of the host of SaaS, or what follows /e/.

        A host that is none of Dynatrace's stands for itself, with its port.
        """
        parts = urlsplit(self.root)
        if parts.path:
            return parts.path.rpartition("/")[2]
        saas = _SAAS.fullmatch(parts.hostname or "")
        return saas["id"] if saas else parts.netloc

    def of(self, path: str) -> str:
        """The whole address of ``/v1/...``, ``/v2/...``, ``/config/v1/...``, or of a service of the platform, ``/platform/...``."""
        return (self.root if path.startswith("/platform/") else self.api) + path


def resolve(environment_url: str, for_platform: bool) -> Urls:
    """The API's addresses for ``environment_url``; ``for_platform``: a platform token or OAuth is used.

    An API token belongs to the classic host and path, those to the platform's (API facts, 0.1).
    Raises InputError for what cannot be right, plain http to another machine above all.
    """
    parts = _checked(environment_url)
    path = _TAIL.sub("", parts.path.rstrip("/"))
    if path and not _ENVIRONMENT.fullmatch(path):
        raise InputError(
            f"environment_url has the path '{path}', which is not an environment: give the address as it is in the "
            "browser up to the host name (SaaS), or up to /e/ENVIRONMENT-ID (Managed and ActiveGate)"
        )
    if for_platform and path:
        raise InputError(
            "environment_url is that of a Managed cluster or an ActiveGate (it holds /e/ENVIRONMENT-ID), and those do not "
            "take platform tokens or OAuth: give an api_token, or the https://ENVIRONMENT-ID.apps.dynatrace.com address"
        )
    host = _host_for(parts, for_platform) if not path else _host(parts)
    root = f"{parts.scheme}://{host}{path}"
    return Urls(root=root, api=root + (_PLATFORM_PATH if for_platform else "/api"))


def checked_https(name: str, url: str) -> str:
    """``url`` of the option ``name``, if nothing secret can be overheard on the way there."""
    return _split(name, url).geturl()


def _checked(environment_url: str) -> SplitResult:
    parts = _split("environment_url", environment_url.strip())
    if parts.query:
        raise InputError("environment_url has a query (?...): leave out everything after the host name")
    return parts


def _split(name: str, url: str) -> SplitResult:
    if not url.isprintable() or " " in url:
        raise InputError(f"{name} holds a character that is not allowed in addresses, such as a space or a line break")
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        # Python's own words would repeat parts of the address, such as a password that it took for a port.
        raise InputError(f"{name} is not a valid address: look at its host name and port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            f"{name} must be a whole address that begins with https://, such as https://abc12345.live.dynatrace.com"
        )
    if parts.username is not None or parts.password is not None:
        raise InputError(f"{name} must not hold a user name or password; use the authentication options")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise InputError(f"{name} must begin with https://: plain http would send the token unencrypted")
    del port  # read for its check alone
    return parts._replace(fragment="")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_for(parts: SplitResult, for_platform: bool) -> str:
    """``.live.`` and ``.apps.`` are two names of one SaaS environment; which one answers depends on the authentication.

    Managed clusters and ActiveGates are named by their owners, OpenShift's default being ``NAME.apps.CLUSTER``.
    """
    host = _host(parts)
    labs = _LABS_STAGE.fullmatch(host)
    if labs:
        return f"{labs['id']}.{labs['stage']}{'.apps' if for_platform else ''}.dynatracelabs.com{labs['port'] or ''}"
    given, wanted = (".live.", ".apps.") if for_platform else (".apps.", ".live.")
    return host.replace(given, wanted, 1)


def _host(parts: SplitResult) -> str:
    """With its port."""
    name = (parts.hostname or "").lower()
    if ":" in name:
        name = f"[{name}]"
    return f"{name}:{parts.port}" if parts.port else name
