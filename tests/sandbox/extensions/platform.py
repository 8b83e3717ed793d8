# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's API for extensions, ``/platform/extensions/v2``: the classic one under other names (API facts, 2.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import auth
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from .package import Package

if TYPE_CHECKING:
    from .configured import Configured
    from .hub import Hub
    from .routes import Extensions

_ALL = "/platform/v2/extensions"
_NAME = _ALL + "/{name}"
_VERSION = _NAME + "/{version}"
_ENVIRONMENT = _NAME + "/environment-configuration"
_MONITORING = _NAME + "/monitoring-configurations"


def endpoints(classic: Extensions, hub: Hub, configured: Configured) -> list[Endpoint]:
    """Those that extensions are shipped with."""
    variants, store = classic._variants, classic._store

    def translated(handler: Callable[[Call], Reply], status: int = 200) -> Callable[[Call], Reply]:
        """A classic handler under the platform's names; errors have their violations below ``details``."""

        def handle(call: Call) -> Reply:
            names = {"page-size": "pageSize", variants["platform_page_key"]: "nextPageKey"}
            query = {names[name]: value for name, value in call.query.items() if name in names}
            try:
                reply = handler(replace(call, query={**query, **_kept(call)}))
            except ApiError as error:
                return Reply(error.status, _envelope(error))
            if isinstance(reply.body, dict) and "extensions" in reply.body:
                reply.body["items"] = reply.body.pop("extensions")
            reply.status = status
            return reply

        return handle

    def read(call: Call) -> Package:
        kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/octet-stream":
            raise ApiError(415, "HTTP 415 Unsupported Media Type")
        new = classic.read_package(call.body)
        if store.has(new.name, new.version):
            raise ApiError(409, f"Extension {new.name} version {new.version} already exists")
        store.check(new)
        return new

    def upload(call: Call) -> Reply:
        new = read(call)
        store.add(new)
        return Reply(201, new.upload_body(variants["file_hash"]))

    def validate(call: Call) -> Reply:
        read(call)
        return Reply(204)

    def install(call: Call) -> Reply:
        if store.has(call.params["name"], call.query.get("version", "")):
            raise ApiError(409, f"Extension {call.params['name']} is already installed")
        return hub.install(call)

    definitions_read, definitions_write = auth.DEFINITIONS_READ, auth.DEFINITIONS_WRITE
    return [
        Endpoint("GET", _ALL, translated(classic._list), definitions_read),
        Endpoint("POST", _ALL, translated(upload, 201), definitions_write),
        Endpoint("POST", _ALL + ":validate", translated(validate, 204), definitions_write, is_validation=True),
        Endpoint("GET", _NAME, translated(classic._versions), definitions_read),
        Endpoint("POST", _NAME, translated(install, 202), definitions_write),
        Endpoint("GET", _ENVIRONMENT, translated(classic._active), definitions_read),
        Endpoint("POST", _ENVIRONMENT, translated(classic._activate), definitions_write),
        Endpoint("PUT", _ENVIRONMENT, translated(classic._switch), definitions_write),
        Endpoint("DELETE", _ENVIRONMENT, translated(classic._deactivate), definitions_write),
        Endpoint("GET", _MONITORING, translated(configured.all_of_it), auth.PLATFORM_CONFIGURATIONS_READ),
        Endpoint("GET", _VERSION, translated(classic._details), definitions_read),
        Endpoint("DELETE", _VERSION, translated(classic._delete, 202), definitions_write),
    ]


def _kept(call: Call) -> dict[str, str]:
    """``name`` and ``version`` as filters are taken and not applied (API facts, 2.6); of an installation it is the release."""
    return {"version": call.query["version"]} if call.method == "POST" and "version" in call.query else {}


def _envelope(error: ApiError) -> dict[str, Any]:
    inner = dict(error.envelope()["error"])
    violations = inner.pop("constraintViolations", None)
    if violations:
        inner["details"] = {"constraintViolations": violations}
    return {"error": inner}
