# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What documents leave to the reader: values that are long or secret, and what is in the environment or the folder already."""

from __future__ import annotations

import json
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
}

_WEBHOOK = {
    "enabled": True,
    "type": "WEBHOOK",
    "displayName": "On call",
    "alertingProfile": {"$ref": "production"},
    "webHookNotification": {
        "url": "https://oncall.example.com",
        "headers": [{"name": "Authorization", "secret": True, "secretValue": "a-secret"}],
    },
}
# Sizes of the fleet, where a document needs another one than the sandbox has by itself: with 11 there is a zone "eu-west".
FLEETS = {"README": 11}
# Settings objects that are in the environment before a document is read.
OBJECTS: dict[str, list[dict[str, Any]]] = {
    "README": [
        {
            "key": "production",
            "schema_id": "builtin:alerting.profile",
            "match_on": ["name"],
            "value": {"name": "production"},
        },
        {
            "key": "on-call",
            "schema_id": "builtin:problem.notifications",
            "match_on": ["displayName"],
            "value": _WEBHOOK,
        },
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
_ZONES = "schema_id: builtin:management-zones\nobjects:\n  - key: %s\n    value:\n      name: %s\n      rules: []\n"
_MONACO = {
    "manifestVersion": "1.0",
    "projects": [{"name": "zones"}],
    "environmentGroups": [
        {
            "name": "default",
            "environments": [
                {
                    "name": "production",
                    "url": {"value": "https://abc12345.live.dynatrace.com"},
                    "auth": {"token": {"name": "DYNATRACE_API_TOKEN"}},
                }
            ],
        }
    ],
}
_MONACO_CONFIG = {
    "id": "payment",
    "type": {"settings": {"schema": "builtin:management-zones", "scope": "environment"}},
    "config": {"name": "payment", "template": "zone.json"},
}
# Files that are in the folder.
FILES = {
    "README": {
        "settings/base/zones.yml": _ZONES % ("everybody", "everybody"),
        "settings/production/zones.yml": _ZONES % ("production", "production"),
        "monaco/manifest.yaml": json.dumps(_MONACO),
        "monaco/zones/config.yaml": json.dumps({"configs": [_MONACO_CONFIG]}),
        "monaco/zones/zone.json": '{"name": "{{ .name }}", "rules": []}',
        "secrets.yml": "settings_apply_secrets: {}\n",
        "site.yml": "- name: Do nothing\n  hosts: localhost\n  gather_facts: false\n",
    },
}
