# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What documents leave to the reader: values that are long or secret, and what is in the environment or the folder already."""

from __future__ import annotations

from tests.support.sandbox import TOKEN

VARIABLES = {
    "vault_dynatrace_token": TOKEN,
    "maintenance_window": {"enabled": True, "generalProperties": {"name": "Nightly batch"}},
    "metric_event": {"enabled": True, "summary": "Slow", "eventTemplate": {"title": "Slow responses"}},
    "remote_environments": [
        {"name": "test", "uri": "https://test.example.com", "token": "dt0c01.REMOTE.TEST"},
        {"name": "stage", "uri": "https://stage.example.com", "token": "dt0c01.REMOTE.STAGE"},
    ],
    "service_password": "a-secret",
    "web_shop_token": "a-secret",
}

# Sizes of the fleet, where a document needs another one than the sandbox has by itself: with 11 there is a zone "eu-west".
FLEETS = {"guide_inventory": 11}
# Settings objects that are in the environment before a document is read.
OBJECTS = {
    "guide_settings": [
        {
            "key": "jira",
            "schema_id": "app:dynatrace.jira:connection",
            "external_id": "jira",
            "value": {"name": "jira"},
        },
    ],
}
