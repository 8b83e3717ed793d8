# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Which resources a state of Terraform holds, with their ids and nothing else of it: states hold secrets. Pure.

A state is a state file of version 4, or what ``terraform show -json`` prints, as HashiCorp documents both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_VERSION = 4
# Of ``terraform show -json``; a later major version may mean something else.
_FORMAT = "1"
# All that it prints where there is no state.
_OF_EMPTY_STATES = {"format_version", "terraform_version", "checks"}
_OURS = "dynatrace"
_NAME = r"[^\W\d][\w-]*"
_KEY = r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]'
_MODULES = re.compile(rf"module\.{_NAME}(?:{_KEY})?(?:\.module\.{_NAME}(?:{_KEY})?)*")
_PROVIDER = re.compile(r'provider(?:\["(?P<source>[^"]+)"\]|\.(?P<name>[\w-]+))')


class TerraformError(Exception):
    """Why a state cannot be read. It never repeats what the state holds."""


@dataclass(frozen=True)
class Instance:
    """One object that Terraform manages.

    ``address``: of the instance, with keys; ``resource``: of the resource in the configuration, without. ``kind``: the type of the
    resource. ``object_id`` is None where the state has none. ``is_deposed``: it was replaced, and is destroyed by the next apply.
    """

    address: str
    resource: str
    kind: str
    object_id: str | None
    is_deposed: bool = False


@dataclass(frozen=True)
class State:
    """``instances``: those of Dynatrace's provider. ``others``: how many other providers have."""

    instances: Sequence[Instance]
    others: int


def read_state(text: str) -> State:
    """Raises TerraformError."""
    try:
        # Shells of Windows put a mark at the beginning of what they write.
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise TerraformError("it is not JSON: give a state file, or what terraform show -json prints") from None
    if not isinstance(document, Mapping):
        raise TerraformError("it is not a state of Terraform: there must be an object at the top")
    return _state(list(_rows(document)))


@dataclass(frozen=True)
class _Row:
    """``module``: its address with keys, empty for the root module. ``values``: of the resource, of which only the id is read."""

    module: str
    kind: str
    name: str
    provider: str
    key: Any
    values: Any
    is_deposed: bool

    @property
    def is_ours(self) -> bool:
        """A mirror of the provider has the same type, and a fork the same resources."""
        return self.provider.rpartition("/")[2] == _OURS or self.kind.startswith(f"{_OURS}_")

    @property
    def instance(self) -> Instance:
        resource = f"{self.kind}.{self.name}"
        object_id = self.values.get("id") if isinstance(self.values, Mapping) else None
        return Instance(
            address=_joined(self.module, resource + _index(self.key)),
            resource=_joined(re.sub(_KEY, "", self.module), resource),
            kind=self.kind,
            object_id=object_id if isinstance(object_id, str) else None,
            is_deposed=self.is_deposed,
        )


def _state(rows: Sequence[_Row]) -> State:
    ours = [row.instance for row in rows if row.is_ours]
    return State(ours, len(rows) - len(ours))


def _rows(document: Mapping[str, Any]) -> Iterator[_Row]:
    if "format_version" in document:
        return _shown(document)
    if "version" in document:
        return _stored(document)
    if "encrypted_data" in document:
        raise TerraformError("it is encrypted: give what tofu show -json prints")
    raise TerraformError("it is neither a state file of Terraform nor what terraform show -json prints")


# The state file.


def _stored(document: Mapping[str, Any]) -> Iterator[_Row]:
    if document["version"] != _VERSION:
        raise TerraformError(
            f"only state files of version {_VERSION} can be read: give what terraform show -json prints"
        )
    for resource in _mappings(document, "resources", "the state"):
        if _text(resource, "mode") != "managed":
            continue
        for instance in _mappings(resource, "instances", "a resource"):
            yield _Row(
                module=_module(resource.get("module")),
                kind=_name(resource, "type"),
                name=_name(resource, "name"),
                provider=_provider(_text(resource, "provider")),
                key=instance.get("index_key"),
                values=instance.get("attributes"),
                is_deposed=bool(instance.get("deposed")),
            )


def _provider(text: str) -> str:
    """The source of a provider, or its name, in front of which the module may stand and behind which an alias."""
    match = _PROVIDER.search(text)
    if match is None:
        return ""
    return match["source"] or match["name"]


# What terraform show -json prints.


def _shown(document: Mapping[str, Any]) -> Iterator[_Row]:
    if str(document["format_version"]).partition(".")[0] != _FORMAT:
        raise TerraformError(f"only the format {_FORMAT} of terraform show -json can be read")
    if "planned_values" in document:
        raise TerraformError("it is a plan: give what terraform show -json prints without a file")
    values = document.get("values")
    if values is None and document.keys() - _OF_EMPTY_STATES:
        raise TerraformError("it is not what terraform show -json prints: it has no values")
    if values is None:
        return
    if not isinstance(values, Mapping) or not isinstance(values.get("root_module"), Mapping):
        raise TerraformError("values of the state has no root_module")
    waiting = [values["root_module"]]
    while waiting:
        module = waiting.pop()
        for resource in _mappings(module, "resources", "a module"):
            if _text(resource, "mode") == "managed":
                yield _shown_row(_module(module.get("address")), resource)
        waiting += reversed(_mappings(module, "child_modules", "a module"))


def _shown_row(module: str, resource: Mapping[str, Any]) -> _Row:
    return _Row(
        module=module,
        kind=_name(resource, "type"),
        name=_name(resource, "name"),
        provider=_text(resource, "provider_name"),
        key=resource.get("index"),
        values=resource.get("values"),
        is_deposed=bool(resource.get("deposed_key")),
    )


# Both


def _mappings(owner: Mapping[str, Any], name: str, what: str) -> list[Mapping[str, Any]]:
    rows = owner.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list) or any(not isinstance(row, Mapping) for row in rows):
        raise TerraformError(f"{name} of {what} is not a list of objects")
    return rows


def _text(row: Mapping[str, Any], name: str) -> str:
    text = row.get(name)
    if not isinstance(text, str):
        raise TerraformError(f"a resource has no {name}")
    return text


def _name(row: Mapping[str, Any], name: str) -> str:
    """It becomes a part of addresses, which are written down as they are."""
    text = _text(row, name)
    if not re.fullmatch(_NAME, text):
        raise TerraformError(f"the {name} of a resource is not a name")
    return text


def _module(address: Any) -> str:
    if not address:
        return ""
    if not isinstance(address, str) or not _MODULES.fullmatch(address):
        raise TerraformError("the address of a module is not valid")
    return address


def _joined(*parts: str) -> str:
    return ".".join(filter(None, parts))


def _index(key: Any) -> str:
    """As Terraform writes it, where ``${`` and ``%{`` begin a template."""
    if key is None:
        return ""
    if isinstance(key, str):
        quoted = json.dumps(key, ensure_ascii=False)
        return "[" + quoted.replace("${", "$${").replace("%{", "%%{") + "]"
    return f"[{key}]" if isinstance(key, int) else "[?]"
