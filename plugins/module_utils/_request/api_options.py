# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The options of api. Whatever in them cannot be meant is found here, before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import ApiError, InputError
from .api_plan import Comparison
from .body import Body, body_of
from .endpoint import Endpoint, accepted, endpoint
from .headers import checked


@dataclass(frozen=True)
class Search:
    """``unless_found``: the list in which to look, and what its row must say."""

    target: Endpoint
    items: str | None
    match: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Validation:
    """``validator``: the request that check mode sends."""

    method: str
    target: Endpoint


@dataclass(frozen=True)
class ApiOptions:
    """``accepted``: refusals that are not failures. ``secret_names``: of properties whose values nothing may show."""

    method: str
    target: Endpoint
    body: Body
    headers: Mapping[str, str] = field(repr=False)
    compare: str
    ignored: Collection[str]
    search: Search | None
    validator: Validation | None
    read_only: bool
    idempotent: bool
    accepted: frozenset[int]
    secret_names: Collection[str]

    @classmethod
    def from_params(cls, params: Mapping[str, Any], is_platform: bool) -> ApiOptions:
        """Raises InputError. ``is_platform``: the services of the platform can be reached."""
        target = endpoint(params["path"] or "", params["query"], is_platform)
        if params["read_only"] and params["method"] != "POST":
            raise InputError("read_only is for POST: the other methods change what they name")
        return cls(
            method=params["method"],
            target=target,
            body=body_of(params["body"], params["src"], params["content_type"]),
            headers=checked(params["headers"]),
            compare=params["compare"],
            ignored=params["ignore"] or (),
            search=_search(params, target, is_platform),
            validator=_validation(params, target, is_platform),
            read_only=params["read_only"],
            idempotent=params["idempotent"],
            accepted=accepted(params["accept_status"]),
            secret_names=params["secret_properties"] or (),
        )

    @property
    def all_headers(self) -> Mapping[str, str]:
        if self.body.content_type is None:
            return self.headers
        return {**self.headers, "Content-Type": self.body.content_type}

    @property
    def looks(self) -> bool:
        """Whether what is there is read first. Only data can be compared, but whether something is there can be seen always."""
        if self.method == "POST":
            return self.search is not None
        if self.compare == "none":
            return False
        return self.method == "DELETE" or self.body.data is not None

    @property
    def may_repeat(self) -> bool:
        """Whether doing it twice is as good as once: PUT and DELETE are made for that, of the others only the user knows."""
        return self.idempotent or self.method in ("PUT", "DELETE")

    def accepts(self, refusal: ApiError) -> bool:
        """Whether the user takes it for no failure; that what is to be deleted is not there never is one."""
        if self.method == "DELETE" and refusal.is_absence:
            return True
        return refusal.status in self.accepted

    @property
    def comparison(self) -> Comparison:
        return Comparison(self.method, self.body.data, self.compare, self.ignored)


def _search(params: Mapping[str, Any], target: Endpoint, is_platform: bool) -> Search | None:
    given = params["unless_found"]
    if not given:
        return None
    if params["method"] != "POST":
        raise InputError("unless_found is for POST: the other methods look at their own path")
    if not given["match"]:
        raise InputError("unless_found needs a match: without one it would match everything")
    return Search(_beside(target, "unless_found", given, is_platform), given["items"], given["match"])


def _validation(params: Mapping[str, Any], target: Endpoint, is_platform: bool) -> Validation | None:
    """What must never happen is that the validation of check mode is the request itself."""
    given = params["validator"]
    if not given:
        return None
    if params["method"] == "DELETE":
        raise InputError("validator is not for DELETE, for which the API has no validator: it would delete")
    validator = _beside(target, "validator", given, is_platform)
    more = set(validator.params) - set(target.params)
    is_marked = any(str(validator.params[name]).lower() == "true" for name in more)
    if validator.path.rstrip("/") == target.path.rstrip("/") and not is_marked:
        raise InputError(
            "validator is the same address as the request, which check mode would carry out: give another path, or the "
            "query parameter that only validates, such as validateOnly: true"
        )
    return Validation(given["method"], validator)


def _beside(target: Endpoint, option: str, given: Mapping[str, Any], is_platform: bool) -> Endpoint:
    """Of another request, by default on the same path."""
    return endpoint(given["path"] or target.given, given["query"], is_platform, f"{option}.path")
