# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What documents leave to the reader: values that are long or secret, and what is in the environment or the folder already."""

from __future__ import annotations

from typing import Any

from tests.support.sandbox import TOKEN

VARIABLES = {
    "vault_dynatrace_token": TOKEN,
    "maintenance_window": {
        "enabled": True,
        "generalProperties": {"name": "Nightly batch", "maintenanceType": "PLANNED"},
        "schedule": {
            "scheduleType": "DAILY",
            "dailyRecurrence": {
                "timeWindow": {"startTime": "02:00:00", "endTime": "03:00:00", "timeZone": "UTC"},
                "recurrenceRange": {"scheduleStartDate": "2026-01-01", "scheduleEndDate": "2027-01-01"},
            },
        },
    },
    "metric_event": {
        "enabled": True,
        "summary": "Slow",
        "queryDefinition": {
            "type": "METRIC_KEY",
            "metricKey": "builtin:service.response.time",
            "entityFilter": {"conditions": []},
        },
        "modelProperties": {"type": "STATIC_THRESHOLD", "threshold": 500},
        "eventTemplate": {"title": "Slow responses"},
    },
    "remote_environments": [
        {"name": "test", "uri": "https://test.example.com", "token": "dt0c01.REMOTE.TEST"},
        {"name": "stage", "uri": "https://stage.example.com", "token": "dt0c01.REMOTE.STAGE"},
    ],
    "service_password": "a-secret",
    "web_shop_token": "a-secret",
    "nightly_window": {
        "name": "Nightly",
        "enabled": True,
        "recurrence": "DAILY",
        "dailyRecurrence": {
            "every": 1,
            "updateTime": {"startTime": "02:00", "duration": 60, "timeZone": "GMT+00:00"},
            "recurrenceRange": {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"},
        },
    },
    "dynatrace_secrets": {},
    "vaulted_pseudonym_key": "a-secret",
}

# Sizes of the fleet, where a document needs another one than the sandbox has by itself: with 11 there is a zone "eu-west".
FLEETS = {"guide_inventory": 11}
# Settings objects that are in the environment before a document is read.
OBJECTS: dict[str, list[dict[str, Any]]] = {
    "guide_settings": [
        {
            "key": "jira",
            "schema_id": "app:dynatrace.jira:connection",
            "external_id": "jira",
            "value": {
                "name": "jira",
                "url": "https://jira.example.com",
                "type": "basic",
                "user": "ansible",
                "password": "a-secret",
            },
        },
    ],
}
