# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""YAML as people like to read it, and reading it without surprises. On the controller alone: modules have no PyYAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

# PyYAML folds longer lines, which makes a long text hard to search and its changes hard to see.
_NEVER_FOLDED = 10**9
# Line breaks to YAML 1.1, which PyYAML does not write so that they are read again.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"
# What PyYAML takes for numbers, but for those with colons.
_SIXTIES = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"),
    "tag:yaml.org,2002:float": re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|\.(?:inf|Inf|INF))$"
        r"|\.(?:nan|NaN|NAN)$"
    ),
}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, lists indented, nothing by alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    """Also of what Ansible derives from str to mark it. A block cannot hold every text; PyYAML quotes it then."""
    style = '"' if _OTHER_BREAKS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)
_Dumper.add_multi_representer(dict, lambda dumper, value: dumper.represent_dict(dict(value).items()))
_Dumper.add_multi_representer(list, lambda dumper, value: dumper.represent_list(list(value)))
_Dumper.add_multi_representer(int, lambda dumper, value: dumper.represent_int(int(value)))
_Dumper.add_multi_representer(float, lambda dumper, value: dumper.represent_float(float(value)))
_Dumper.add_representer(bool, yaml.SafeDumper.represent_bool)


# libyaml reads many times as fast, where PyYAML was built with it.
_FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FastLoader):  # type: ignore[misc]
    """A date is a text to the API, and so it stays one here, and a time of day is not a number to the base of 60.

    A key that is given twice is an error: one of its values would be lost.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own way)
        first: [(tag, _SIXTIES.get(tag, pattern)) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def get_single_data(self) -> Any:
        node = self.get_single_node()
        _check_keys(node)
        return None if node is None else self.construct_document(node)


def _check_keys(root: Any) -> None:
    """Raises yaml.YAMLError for a key that is given twice. Before anything is constructed, since that adds merged keys to nodes."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
            continue
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            waiting.append(value)
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            name, line = (key.tag, key.value), key.start_mark.line + 1
            if name in lines:
                problem = f"the key '{key.value}' is given twice, in line {lines[name]} and in line {line}"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            lines[name] = line


def dump(value: Any) -> str:
    """In the order of the dictionaries' keys."""
    return str(
        yaml.dump(
            value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NEVER_FOLDED, default_flow_style=False
        )
    )


def document(value: Mapping[str, Any] | Sequence[Any], comment: str = "") -> str:
    """A whole file."""
    lines = "".join(f"# {line}\n" for line in comment.splitlines())
    return f"{lines}---\n{dump(value)}"


def load(text: str) -> Any:
    """Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)


def dictionary(given: Any) -> dict[str, Any] | None:
    """From a dictionary or a text of one, as surveys and the command line give it; empty for nothing, None where it is neither."""
    if isinstance(given, str):
        try:
            # libyaml takes no class that derives from str, as Ansible's own do.
            given = load(str(given))
        except (yaml.YAMLError, ValueError, RecursionError):
            return None
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return None
    return {str(name): value for name, value in given.items()}
