# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a task wants of monitoring configurations, checked as far as the options alone allow. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import InputError
from .._lists import check_depth, not_blank
from .._packages.manifest import checked_name
from .._settings.wanted import ENVIRONMENT, WantedObject
from .._text import listed
from .api import DESCRIPTION, VERSION

# Options that may stand once at the top and hold for all items that do not say otherwise.
_SHARED = ("scope", "version", "state", "match_on", "value_mode", "update_secrets")
_OF_ONE = ("value", "configuration_id")
# How many problems or configurations a message lists.
MOST_NAMED = 10


@dataclass(frozen=True)
class WantedConfiguration:
    """One wanted configuration. ``label`` is what messages call it in a list, empty when it is the only one.

    ``version``: of the extension, where the user gave one; else a configuration keeps its own and a new one gets the active.
    ``given``: its own options as they came, to be shown when what is secret in them is masked.
    """

    object: WantedObject
    version: str | None
    label: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_present(self) -> bool:
        return self.object.is_present


@dataclass(frozen=True)
class ConfigurationOptions:
    """The module's options. ``is_list``: ``configurations`` was given, and the result is about many. ``wait_timeout``: in seconds."""

    name: str
    is_list: bool
    configurations: Sequence[WantedConfiguration]
    wait: bool
    wait_timeout: float


def from_params(params: Mapping[str, Any]) -> ConfigurationOptions:
    """Raises InputError for options that cannot be right, of all items at once."""
    if params["wait_timeout"] < 0:
        raise InputError("wait_timeout must not be negative")
    name = checked(params["extension_name"])
    items = params["configurations"]
    configurations = [_configuration(name, params)] if items is None else _listed(name, params, items)
    return ConfigurationOptions(name, items is not None, configurations, params["wait"], params["wait_timeout"])


def checked(name: str) -> str:
    """The option extension_name, if it can be one's name."""
    try:
        return checked_name(name)
    except InputError as error:
        raise InputError(f"extension_name {error.msg}") from None


def raise_all(problems: Mapping[str, str]) -> None:
    """All that is wrong with a list, by label, as one InputError."""
    if problems:
        texts = [f"{label}: {text}" for label, text in problems.items()]
        raise InputError(listed(texts, MOST_NAMED), {"errors": dict(problems)})


def _listed(name: str, params: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[WantedConfiguration]:
    for option in _OF_ONE:
        if params[option] is not None:
            raise InputError(
                f"{option} belongs to one configuration, and configurations is a list of many: move it into the list"
            )
    configurations = []
    problems = {}
    for index, item in enumerate(items):
        own = {option: value for option, value in item.items() if value not in (None, "", [""])}
        label = _label(index, own)
        try:
            configurations.append(_configuration(name, {**_defaults(params, own), **own}, label, own))
        except InputError as error:
            problems[label] = error.msg
    raise_all(problems)
    return configurations


def _defaults(params: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for an item that does not say otherwise. With an id, the configuration's own scope is meant."""
    shared = {option: params[option] for option in _SHARED}
    return {**shared, "scope": None} if "configuration_id" in own else shared


def _label(index: int, item: Mapping[str, Any]) -> str:
    """With what people know it by, so that nobody has to count."""
    known = item.get("value", {}).get(DESCRIPTION) or item.get("configuration_id")
    return f"configurations[{index}]" + (f" ({known})" if isinstance(known, str) else "")


def _configuration(
    name: str, options: Mapping[str, Any], label: str = "", given: Mapping[str, Any] | None = None
) -> WantedConfiguration:
    value = options.get("value")
    is_present = options["state"] == "present"
    if is_present and value is None:
        raise InputError("value is missing: it may be left out only with state=absent")
    value = value or {}
    check_depth("value", value)
    configuration_id = options.get("configuration_id")
    wanted = WantedObject(
        schema_id=f"ext:{name}",
        scope=options.get("scope") or (None if configuration_id else ENVIRONMENT),
        value=value,
        is_present=is_present,
        object_id=configuration_id,
        # An empty list says that there is nothing to find it by, and a blank text says nothing.
        match_on=not_blank(options["match_on"]) or ((DESCRIPTION,) if options["match_on"] else ()),
        replace=options["value_mode"] == "replace",
        always_secrets=options["update_secrets"] == "always",
    )
    own = {"value": value} if given is None else given
    return WantedConfiguration(wanted, _version(options.get("version"), value.get(VERSION)), label, own)


def _version(option: str | None, inside: Any) -> str | None:
    """Of the option and of the property, which mean the same."""
    if inside is None:
        return option
    if option and option != str(inside):
        raise InputError(f"version is {option} and value.version {inside}: give one of them, or the same twice")
    return str(inside)
