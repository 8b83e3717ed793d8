# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform tells a client about the environment and about itself (API facts, 0.1)."""

from __future__ import annotations

import uuid

from .http import Call, Endpoint, Reply

_NAMESPACE = uuid.UUID("6b7c9a1e-0c53-4b8f-9c1d-5d0f7d3f0a42")


class Metadata:
    """Two documents, which need a token and no scope."""

    def _domain(self, call: Call) -> Reply:
        """Where the classic API is: here, at the very address that the client has called."""
        return Reply(200, {"domain": f"http://{call.headers.get('host', '127.0.0.1')}"})

    def _user(self, call: Call) -> Reply:
        user = str(uuid.uuid5(_NAMESPACE, call.token_id))
        return Reply(200, {"userId": user, "userName": "Sandbox", "emailAddress": "sandbox@example.com"})

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/platform/metadata/v1/classic-environment-domain", self._domain),
            Endpoint("GET", "/platform/metadata/v1/user", self._user),
        ]
