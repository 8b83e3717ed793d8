# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Which settings replaced what Monaco sends to classic configuration APIs. Data alone.

By the names that Monaco gives these APIs. From the public documentation of the configuration APIs and of the schemas.
"""

from __future__ import annotations

from collections.abc import Sequence

SCHEMAS: dict[str, Sequence[str]] = {
    "alerting-profile": ("builtin:alerting.profile",),
    "allowed-beacon-origins": ("builtin:rum.web.beacon-domain-origins",),
    "anomaly-detection-applications": ("builtin:anomaly-detection.rum-web", "builtin:anomaly-detection.rum-mobile"),
    "anomaly-detection-aws": ("builtin:anomaly-detection.infrastructure-aws",),
    "anomaly-detection-database-services": ("builtin:anomaly-detection.databases",),
    "anomaly-detection-disks": ("builtin:anomaly-detection.infrastructure-disks",),
    "anomaly-detection-hosts": ("builtin:anomaly-detection.infrastructure-hosts",),
    "anomaly-detection-metrics": ("builtin:anomaly-detection.metric-events",),
    "anomaly-detection-services": ("builtin:anomaly-detection.services",),
    "anomaly-detection-vmware": ("builtin:anomaly-detection.infrastructure-vmware",),
    "app-detection-rule": ("builtin:rum.web.app-detection",),
    "app-detection-rule-host": ("builtin:rum.host-headers",),
    "auto-tag": ("builtin:tags.auto-tagging",),
    "calculated-metrics-log": ("builtin:logmonitoring.schemaless-log-metric",),
    "content-resources": ("builtin:rum.provider-breakdown",),
    "data-privacy": ("builtin:preferences.privacy",),
    "failure-detection-parametersets": ("builtin:failure-detection.environment.parameters",),
    "failure-detection-rules": ("builtin:failure-detection.environment.rules",),
    "frequent-issue-detection": ("builtin:anomaly-detection.frequent-issues",),
    "geo-ip-address-mappings": ("builtin:rum.ip-mappings",),
    "geo-ip-detection-headers": ("builtin:rum.ip-determination",),
    "hosts-auto-update": ("builtin:deployment.oneagent.updates",),
    "kubernetes-credentials": ("builtin:cloud.kubernetes",),
    "maintenance-window": ("builtin:alerting.maintenance-window",),
    "management-zone": ("builtin:management-zones",),
    "notification": ("builtin:problem.notifications",),
    "service-detection-full-web-request": ("builtin:service-detection.full-web-request",),
    "service-detection-full-web-service": ("builtin:service-detection.full-web-service",),
    "service-detection-opaque-web-request": ("builtin:service-detection.external-web-request",),
    "service-detection-opaque-web-service": ("builtin:service-detection.external-web-service",),
    "slo": ("builtin:monitoring.slo",),
}
# Of an OpenPipeline configuration, with its kind in the middle.
_PIPELINE_PARTS = ("ingest-sources", "pipelines", "routing")
_ELSE = {
    "api": "what goes through a classic configuration API is not converted: use community.dynatrace.api",
    "automation": "workflows, calendars and rules are not converted: use community.dynatrace.api",
    "document": "documents are not converted: use community.dynatrace.api",
}


def instead(kind: str, name: str, details_kind: str = "") -> str:
    """The sentence about a config that is not a settings object. ``name``: of the API; ``details_kind``: of the pipeline."""
    schemas = SCHEMAS.get(name, ()) if kind == "api" else ()
    if kind == "openpipeline" and details_kind:
        schemas = [f"builtin:openpipeline.{details_kind}.{part}" for part in _PIPELINE_PARTS]
    if schemas:
        return (
            f"{name} is not converted: settings of {' and '.join(schemas)} replaced it. Export them from the environment with "
            "the role settings_export, or use community.dynatrace.api"
        )
    general = f"configs of the kind {kind} are not converted: use community.dynatrace.api"
    return _ELSE.get(kind, general)
