# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of monitoring configurations (API facts, 2.4)."""

from __future__ import annotations

from typing import Any

from .. import auth
from ..activegates.timeframe import moment
from ..clock import Clock
from ..errors import ApiError, one_of
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..variants import Variants
from .configurations import Configurations

_ALL = "/v2/extensions/{name}/monitoringConfigurations"
_ONE = _ALL + "/{id}"
_PAGE = (20, 100)


class Configured:
    """What is asked of the configurations of one extension, and of one of them."""

    def __init__(self, clock: Clock, variants: Variants, configurations: Configurations) -> None:
        self._clock = clock
        self._variants = variants
        self._configurations = configurations

    def endpoints(self) -> list[Endpoint]:
        """Fixed paths come first."""
        read, write = auth.CONFIGURATIONS_READ, auth.CONFIGURATIONS_WRITE
        endpoints = [
            Endpoint("GET", _ALL, self.all_of_it, read),
            Endpoint("POST", _ALL, self._create, write),
            Endpoint("GET", _ONE, self._get, read),
            Endpoint("PUT", _ONE, self.update, write),
            Endpoint("DELETE", _ONE, self.delete, write),
            Endpoint("GET", _ONE + "/status", self._status, read),
            Endpoint("GET", _ONE + "/audit", self.audit, read),
        ]
        return [Endpoint("GET", _ALL + "/status", self._statuses, read), *endpoints]

    def all_of_it(self, call: Call) -> Reply:
        name = call.params["name"]

        def rows(asked: Call) -> list[dict[str, Any]]:
            stored = self._configurations.of(name)
            if "version" in asked.query and self._variants["extension_configuration_filter"] == "applied":
                stored = [configuration for configuration in stored if configuration.version == asked.query["version"]]
            if "active" in asked.query:
                stored = [configuration for configuration in stored if configuration.enabled == asked.flag("active")]
            return [self._configurations.body(configuration) for configuration in stored]

        self._configurations.check_schema_shown(name, "configurations")
        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"items": listed, **meta})

    def _create(self, call: Call) -> Reply:
        """An array, each item for itself: all made 200, all refused alike 400 or 404, else 207."""
        body = call.json()
        if not isinstance(body, list) or not body:
            return Reply(400, [ApiError(400, "The body must be a non-empty array").envelope()])
        answers: list[dict[str, Any]] = []
        codes = set()
        for item in body:
            given = item if isinstance(item, dict) else {}
            try:
                made = self._configurations.create(
                    call.params["name"], given.get("scope"), given.get("value"), call.token_id
                )
                answers.append({"objectId": made.object_id, "code": 200})
                codes.add(200)
            except ApiError as error:
                answers.append(error.envelope())
                codes.add(error.status)
        return Reply(codes.pop() if len(codes) == 1 else 207, answers)

    def _get(self, call: Call) -> Reply:
        return Reply(200, self._configurations.body(self._configurations.get(call.params["name"], call.params["id"])))

    def update(self, call: Call) -> Reply:
        body = call.json()
        value = body.get("value") if isinstance(body, dict) else None
        changed = self._configurations.update(call.params["name"], call.params["id"], value, call.token_id)
        return Reply(200, {"objectId": changed.object_id, "code": 200})

    def delete(self, call: Call) -> Reply:
        self._configurations.delete(call.params["name"], call.params["id"])
        return Reply(204)

    def _status(self, call: Call) -> Reply:
        return Reply(200, self._configurations.status(self._configurations.get(call.params["name"], call.params["id"])))

    def _statuses(self, call: Call) -> Reply:
        """Servers of before 1.318 take the word for an id."""
        if self._variants["extension_statuses"] == "missing":
            raise ApiError(404, "Monitoring configuration status not found")
        stored = self._configurations.of(call.params["name"])
        status = self._configurations.status
        return Reply(
            200, [{"configurationId": configuration.object_id, **status(configuration)} for configuration in stored]
        )

    def audit(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            now = self._clock.now_ms()
            start = moment(asked.query.get("from", "now-2w"), "from", now)
            end = moment(asked.query.get("to", "now"), "to", now)
            sort = one_of("sort", asked.query.get("sort", "-timestamp"), ("timestamp", "-timestamp"))
            entries = self._configurations.audit(call.params["name"], call.params["id"])
            entries = [entry for entry in entries if start <= entry["timestamp"] <= end]
            return entries if sort == "-timestamp" else entries[::-1]

        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"auditLogs": listed, **meta})
