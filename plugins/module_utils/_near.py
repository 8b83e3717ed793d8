# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The way from an option that a module does not have to what was meant. Pure.

Modules that look alike do not have all options in common, and people know names from other tools. What only differs by the plural, or by
a slip, needs no entry here.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

_CLOSE = 0.8
# In every module that sends requests.
_COMMON = {
    "url": "environment_url is the address of the environment",
    "host": "environment_url is the address of the environment",
    "tenant": "environment_url is the address of the environment",
    "environment": "environment_url is the address of the environment",
    "token": "give api_token or platform_token",
    "api_key": "give api_token or platform_token",
    "client_id": "give oauth_client_id",
    "client_secret": "give oauth_client_secret",
    "token_url": "give oauth_token_url",
    "account_urn": "give oauth_resource",
    "verify_ssl": "give validate_certs",
    "ca_cert": "give ca_path",
    "proxy": "proxies come from the environment variables https_proxy and no_proxy",
}


def _of(module: str, subject: str, *options: str) -> dict[str, str]:
    return dict.fromkeys(options, f"it is an option of {module}, which {subject}")


def _in_items(option: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, f"it belongs to each item: write it into the items of {option}")


_ONE_UPDATE = _of("activegate_update_job", "updates one ActiveGate", "job_id", "on_running", "settle_time", "state")
_MANY_UPDATES = _of(
    "activegate_update_jobs",
    "updates many ActiveGates in waves",
    *(
        "activegate_ids",
        "batch",
        "expect_plan",
        "max_failures",
        "one_per_pool",
        "order_by",
        "parallel",
        "pause",
        "selector",
    ),
)
_MANY_OBJECTS = _of(
    "settings_objects",
    "writes many objects",
    *(
        "batch_size",
        "continue_on_error",
        "environment_name",
        "expect_plan",
        "keep_order",
        "missing_secrets",
        "objects",
        "parallel",
        "path",
        "prune",
        "secrets",
        "validate_first",
        "values",
        "values_files",
    ),
)
_EXPORT = _of(
    "settings_export_info",
    "reads what settings_objects can write again",
    *("exclude", "omit_defaults", "omit_read_only", "parallel"),
)
_HISTORY = _of("settings_history_info", "reads who changed what", "from", "to", "limit")
_READ_OBJECTS = _of("settings_object_info", "reads objects as they are", "effective", "external_ids")
_UPLOAD = _of(
    "extension_upload",
    "stores a package",
    *("keep_in", "keep_versions", "on_mismatch", "path", "verify_signature"),
)
_ACTIVATION = _of("extension", "sets which version is active", "configurations", "remove_configurations", "source")
_READ_CONFIGURATIONS = _of(
    "extension_monitoring_configuration_info",
    "reads monitoring configurations",
    *("active", "configuration_id", "scope", "status"),
)
_WAY_OF_URI = {
    "url": "give path, which begins below environment_url",
    "status_code": "give accept_status",
    "return_content": "the answer is always returned",
}
_NAME = {"extension_name": "give name, which is the extension's name here"}
_EXTENSION_NAME = {"name": "give extension_name"}
_WRITING = _of(
    "api",
    "writes",
    *("body", "compare", "content_type", "idempotent", "ignore", "method", "read_only", "secret_properties", "src"),
    *("unless_found", "validator"),
)
_CONTENT = dict.fromkeys(("certificate", "src"), "give path, or the text itself as content")

# By module, beside what is the same in all of them.
NEAR: Mapping[str, Mapping[str, str]] = {
    "activegate_info": {"filters": "each filter is an option of its own"},
    "activegate_update_job": _MANY_UPDATES,
    "activegate_update_jobs": {
        **_ONE_UPDATE,
        "activegate_id": "give activegate_ids, a list",
        "wait": "the module always waits until its last wave has ended, at most wait_timeout seconds; activegate_update_job can begin an "
        "update without waiting",
    },
    "activegate_update_job_info": {"filters": "each filter is an option of its own"},
    "api": {
        **_WAY_OF_URI,
        **_of("api_info", "reads all pages of a list", "items", "limit", "page_parameter"),
        "body_format": "give content_type; a body that is not a text is sent as JSON",
    },
    "api_info": {**_WAY_OF_URI, **_WRITING},
    "extension": {**_UPLOAD, **_NAME, "activate": "give active"},
    "extension_certificate": _CONTENT,
    "extension_info": {**_READ_CONFIGURATIONS, **_NAME},
    "extension_monitoring_configuration": {
        **_EXTENSION_NAME,
        "active": "give version; the module extension sets which version is active",
    },
    "extension_monitoring_configuration_info": {
        **_EXTENSION_NAME,
        **_of("extension_info", "reads extensions", "monitoring_configurations", "query"),
    },
    "extension_upload": {
        **_ACTIVATION,
        **_NAME,
        "active": "give activate",
        "remove_configurations": "the module extension has it with state absent, which removes all versions",
        "wait": "the package is stored when the module ends; the module extension waits until the active version is ready",
    },
    "settings_export_info": {
        **_READ_OBJECTS,
        **_HISTORY,
        **_of("settings_object_info", "reads objects as they are", "filter", "object_id", "sort"),
        "scope": "give scopes",
    },
    "settings_files": {"prune": "give remove_others", "objects": "give files"},
    "settings_history_info": {**_READ_OBJECTS, **_EXPORT, "scopes": "give scope, one alone"},
    "settings_object": _MANY_OBJECTS,
    "settings_object_info": {**_EXPORT, **_HISTORY},
    "settings_object_permission": {
        "value": "it is an option of settings_object, which writes objects",
        "users": "give accessors",
    },
    "settings_objects": {
        **_in_items("objects", "external_id", "insert_after", "insert_before", "object_id", "position", "value"),
        "remove_others": "give prune",
    },
    "settings_schema_info": {"version": "give schema_version"},
}


def advices(module: str, options: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Sentences on the arguments that ``module`` does not have, and on those below its options.

    ``module``: with or without its collection; ``options``: its argument spec.
    """
    sentences = _sentences("", {**_common(options), **NEAR.get(module.rpartition(".")[2], {})}, options, given)
    for name, option in options.items():
        if "options" in option:
            for item in _items(given.get(name)):
                sentences += _sentences(f"{name}.", {}, option["options"], item)
    return list(dict.fromkeys(sentences))


def _common(options: Collection[str]) -> Mapping[str, str]:
    return _COMMON if "environment_url" in options else {}


def _items(value: Any) -> list[Mapping[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _sentences(path: str, ways: Mapping[str, str], options: Collection[str], given: Mapping[str, Any]) -> list[str]:
    sentences = []
    for name in given:
        way = None if name in options else _way(str(name), ways, options)
        if way is not None:
            sentences.append(f"About {path}{name}: {way}.")
    return sentences


def _way(unknown: str, ways: Mapping[str, str], options: Collection[str]) -> str | None:
    """What to give instead; None where nothing is near."""
    near = ways.get(unknown.lower())
    if near is None:
        other = _other_number(unknown, options) or _close(unknown, options)
        return f"give {other}" if other else None
    return near


def _other_number(unknown: str, options: Collection[str]) -> str | None:
    """The plural of a singular, or the other way round."""
    for name in (f"{unknown}s", unknown.rstrip("s")):
        if name in options and name != unknown:
            return name
    return None


def _close(unknown: str, options: Collection[str]) -> str | None:
    close = difflib.get_close_matches(unknown.lower(), sorted(options), 1, _CLOSE)
    return close[0] if close else None
