# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""YAML as people like to read it, and reading it without surprises. On the controller alone: modules have no PyYAML."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

# PyYAML folds longer lines, which makes a long text hard to search and its changes hard to see.
_NEVER_FOLDED = 10**9
# Line breaks to YAML 1.1, which PyYAML does not write so that they are read again.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_PREFIX = "tag:yaml.org,2002:"
_TEXT, _TIMESTAMP, _MERGE = (_PREFIX + name for name in ("str", "timestamp", "merge"))
_NUMBERS = (_PREFIX + "int", _PREFIX + "float")
# What JSON has as well, and "=", which YAML 1.1 takes for something that nobody uses.
_TAGS = {_PREFIX + name for name in ("bool", "int", "float", "null", "seq", "map", "merge")} | {_TEXT}
_READ_AS = {_TIMESTAMP: _TEXT, _PREFIX + "value": _TEXT}
# What Ansible writes so that a text is not a template; nothing is one here.
_UNSAFE = "!unsafe"
_KINDS = {yaml.ScalarNode: _TEXT, yaml.SequenceNode: _PREFIX + "seq", yaml.MappingNode: _PREFIX + "map"}
_ADVICE = {
    "!vault": ": encrypt the whole file, or write {$secret: NAME} and give the secret when the settings are applied"
}
_LONGEST_NUMBER = 400
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
# What PyYAML takes for numbers, but for those with colons.
# As PyYAML has them, but for these times: what is written without quotes must be read as the text that it was.
_SIXTIES = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"),
    "tag:yaml.org,2002:float": re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.(?:inf|Inf|INF))$|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$"
        r"|\.(?:nan|NaN|NAN)$"
    ),
}


class YamlError(Exception):
    """What is wrong with a text, and in which line. It repeats nothing of the text but keys and tags: there may be secrets in it."""


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
    """A date is a text to the API, and so it stays one here, and a time of day is not a number to the base of 60."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own way)
        first: [(tag, _SIXTIES.get(tag, pattern)) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def get_single_data(self) -> Any:
        node = self.get_single_node()
        if node is None:
            return None
        _prepare(node)
        return self.construct_document(node)


def _prepare(root: yaml.Node) -> None:
    """Before anything is constructed: everything is to be what JSON has. Raises YamlError."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        _prepare_tag(node)
        if isinstance(node, yaml.ScalarNode) or id(node) in seen:
            continue
        seen.add(id(node))
        children = node.value
        if isinstance(node, yaml.MappingNode):
            _prepare_keys(node)
            children = [value for _key, value in node.value]
        # Nearly all are texts, of which nothing is to be looked at.
        waiting += [child for child in children if child.tag != _TEXT]


def _prepare_keys(node: yaml.MappingNode) -> None:
    """A key is the text that was written. One that is given twice is an error: one of its values would be lost."""
    lines: dict[str, int] = {}
    for key, _value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlError(f"a key is a list or a dictionary (line {_line(key)})")
        if key.tag == _MERGE:
            continue
        key.tag = _TEXT
        if key.value in lines:
            raise YamlError(f"the key '{key.value}' is given twice (lines {lines[key.value]} and {_line(key)})")
        lines[key.value] = _line(key)


def _prepare_tag(node: yaml.Node) -> None:
    node.tag = _KINDS[type(node)] if node.tag == _UNSAFE else _READ_AS.get(node.tag, node.tag)
    if node.tag not in _TAGS:
        written = node.tag.replace(_PREFIX, "!!")
        raise YamlError(f"the tag {written} cannot be read here{_ADVICE.get(written, '')} (line {_line(node)})")
    if node.tag not in _NUMBERS or not isinstance(node, yaml.ScalarNode):
        return
    if len(node.value) > _LONGEST_NUMBER or _NO_NUMBER.fullmatch(node.value):
        raise YamlError(f"there is a number that JSON cannot hold: quote it if it is a text (line {_line(node)})")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def dump(value: Any) -> str:
    """In the order of the dictionaries' keys."""
    return str(
        yaml.dump(
            value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NEVER_FOLDED, default_flow_style=False
        )
    )


def document(value: Mapping[str, Any] | Sequence[Any], comment: str = "") -> str:
    """A whole file. Raises YamlError for a text that no file can hold."""
    for place, text in _texts(value):
        if _HALF_CHARACTER.search(text):
            raise YamlError(f"{place.lstrip('.') or 'it'} holds half of a surrogate pair, which YAML cannot hold")
    lines = "".join(f"# {line}\n" for line in comment.splitlines())
    return f"{lines}---\n{dump(value)}"


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """All texts in ``value`` with their places. A key is at the place of its dictionary."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield place, str(name)
            yield from _texts(part, f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _texts(part, f"{place}[{number}]")


def load(text: str) -> Any:
    """What YAML or JSON says. Raises YamlError."""
    # libyaml takes no class that derives from str, as Ansible's own do.
    plain = str(text)
    try:
        return _from_json(plain)
    except (ValueError, RecursionError):
        return _from_yaml(plain)


def _from_json(text: str) -> Any:
    """YAML 1.1 does not know all that JSON may be, such as pairs of escapes. Raises ValueError for what is better told by YAML."""
    content = text.lstrip("\ufeff \t\r\n")
    if not content.startswith(("{", "[")):
        raise ValueError("it is not JSON of a file")
    value = json.loads(content, object_pairs_hook=_object, parse_float=_number, parse_constant=_number)
    if _HALF_CHARACTER.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("it holds half of a surrogate pair")
    return value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a key is given twice")
    return entries


def _number(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError("JSON has no such number")
    return number


def _from_yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise YamlError(f"it is not YAML: {told(error)}") from None
    except (ValueError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else "there is a value of a wrong type"
        raise YamlError(f"it is not YAML: {problem}") from None


def told(error: yaml.YAMLError) -> str:
    """What a parser has found, and in which line. Its own sentence may repeat the line, and with it a secret."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if problem is None:
        return "there are characters that YAML does not have"
    if problem.startswith("but "):
        # Its beginning, such as "expected a single document in the stream", is a constant.
        problem = f"{getattr(error, 'context', '')}, {problem}"
    return problem if mark is None else f"{problem} (line {mark.line + 1})"


def dictionary(given: Any) -> dict[str, Any] | None:
    """From a dictionary or a text of one, as surveys and the command line give it; empty for nothing, None where it is neither."""
    if isinstance(given, str):
        try:
            given = load(given)
        except YamlError:
            return None
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return None
    return {str(name): value for name, value in given.items()}
