# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Connections that playbooks hold in variables, one for each environment. No error repeats what they hold: it may be a secret. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.url import resolve
from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml

_OPTIONS = frozenset(common_options())
_LISTS = ("oauth_scopes",)
_PLATFORM = ("platform_token", "oauth_client_id")
_CREDENTIALS = ("api_token", *_PLATFORM)
# What may be repeated of a name that is none of the options.
_NAME = re.compile("[a-z_]{1,30}")


def connection_of(given: Any, name: str) -> dict[str, Any]:
    """The options of one connection, all of them its own, from a dictionary or a text of one.

    ``name``: of the variable, for errors. An option that is empty or null counts as not given. Raises InputError.
    """
    rows = _yaml.dictionary(given)
    if not rows:
        raise InputError(
            f"{name} must be a dictionary of options such as environment_url and api_token, or a JSON or YAML text of one"
        )
    options = {option: value for option, value in rows.items() if value not in (None, "")}
    _check_names(options, name)
    for option, value in options.items():
        if option not in _LISTS and isinstance(value, (Mapping, list)):
            raise InputError(f"{name}.{option} must be one value")
    if "environment_url" not in options:
        raise InputError(f"{name} has no environment_url")
    if options.keys().isdisjoint(_CREDENTIALS):
        raise InputError(
            f"{name} has neither api_token nor platform_token nor oauth_client_id with oauth_client_secret. Variables of the "
            "environment are not used in their place, since they are those of one environment"
        )
    return options


def _check_names(options: Mapping[str, Any], name: str) -> None:
    unknown = sorted(options.keys() - _OPTIONS)
    if not unknown:
        return
    named = ", ".join(filter(_NAME.fullmatch, unknown)) or "what is not a name of an option"
    raise InputError(f"{name} has {named}; there may be {', '.join(sorted(_OPTIONS))}")


def environment_id(connection: Mapping[str, Any], name: str) -> str:
    """The id of the environment, however its address is written. Raises InputError for what is not an address."""
    for_platform = not connection.keys().isdisjoint(_PLATFORM)
    try:
        return resolve(str(connection["environment_url"]), for_platform).environment_id.lower()
    except InputError as error:
        raise InputError(f"{name}: {error.msg}") from None
