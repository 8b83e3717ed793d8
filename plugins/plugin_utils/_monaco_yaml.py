# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""YAML as Monaco reads it. Pure.

Monaco decodes a scalar into what it expects there: into a text, which is kept as it was written, or into any value, by rules of its own
(those of yaml.v2, the library that it uses). So nothing is resolved before it is known what is expected. A value may be in several places
at once where a mapping takes over another one by ``<<``: those that read it get all occurrences, in their order.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError, printed
from ansible_collections.community.dynatrace.plugins.plugin_utils._yaml import told

SCALAR, SEQUENCE, MAPPING = "a single value", "a list", "a map"
_DEEPEST = 100
# How many times as large as what is written the whole may become by aliases.
_LARGEST_GROWTH, _ALWAYS_FINE = 100, 1000
_PREFIX = "tag:yaml.org,2002:"
_RESOLVED_TAGS = {_PREFIX + name for name in ("bool", "int", "float", "null", "timestamp")}
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGERS = (
    (10, re.compile(r"([+-]?)(0|[1-9][0-9]*)")),
    (16, re.compile(r"([+-]?)0[xX]([0-9a-fA-F]+)")),
    (2, re.compile(r"([+-]?)0[bB]([01]+)")),
    (8, re.compile(r"([+-]?)0[oO]?([0-7]+)")),
)
_LONGEST_NUMBER = 400
_FLOAT = re.compile(r"[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?")
# Where a number begins with a dot, underscores stand between digits alone.
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
# libyaml reads many times as fast, where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(eq=False)
class Node:
    """What is written at a place. ``tag``: only one that is written. ``is_plain``: a scalar without quotes and tag.

    ``children`` of a mapping are keys and values in turn. ``size``: how many nodes it is with what aliases stand for.
    """

    kind: str
    line: int
    text: str = ""
    tag: str | None = None
    is_plain: bool = False
    children: list[Node] = field(default_factory=list)
    size: int = 1


Occurrences = Sequence[Node]


def document(text: str) -> tuple[Node | None, bool]:
    """The first document of a file, None of an empty one, and whether others follow, which Monaco does not read. Raises MonacoError."""
    builder = _Builder()
    try:
        events = yaml.parse(text, Loader=_Loader)
        for event in events:
            if isinstance(event, yaml.DocumentEndEvent):
                return builder.root, not isinstance(next(events), yaml.StreamEndEvent)
            builder.take(event)
    except yaml.YAMLError as error:
        if builder.is_complete:
            return builder.root, True
        raise MonacoError(f"it is not YAML: {told(error)}") from None
    return None, False


class _Builder:
    """Makes nodes of events. It does so without recursion, since a file may be nested more deeply than Python's stack."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.is_complete = False
        self._open: list[Node] = []
        self._anchors: dict[str, Node] = {}
        self._written = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._aliased(event))
        elif isinstance(event, yaml.NodeEvent):
            self._start(event)

    def _start(self, event: yaml.NodeEvent) -> None:
        node = _node(event)
        self._written += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if node.kind == SCALAR:
            self._add(node)
            return
        self._open.append(node)
        if len(self._open) > _DEEPEST:
            raise MonacoError(f"line {node.line}: it is nested more than {_DEEPEST} levels deep")

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        node, line = self._anchors.get(str(event.anchor)), _line(event)
        if node is None:
            raise MonacoError(f"line {line}: there is no anchor {event.anchor}")
        if node in self._open:
            raise MonacoError(f"line {line}: the anchor {event.anchor} contains itself")
        return node

    def _end(self) -> None:
        node = self._open.pop()
        node.size += sum(child.size for child in node.children)
        if node.size > _ALWAYS_FINE + _LARGEST_GROWTH * self._written:
            raise MonacoError(f"line {node.line}: its aliases make it too large")
        self._add(node)

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root, self.is_complete = node, True


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _node(event: yaml.NodeEvent) -> Node:
    line = _line(event)
    if not isinstance(event, yaml.ScalarEvent):
        return Node(MAPPING if isinstance(event, yaml.MappingStartEvent) else SEQUENCE, line)
    if _SURROGATE.search(event.value):
        raise MonacoError(f"line {line}: a text holds half of a surrogate pair")
    return Node(SCALAR, line, event.value, event.tag, bool(event.implicit[0]) and event.tag is None)


def text(occurrences: Occurrences) -> str:
    """As it was written; empty for null. Raises MonacoError for a list or a map."""
    node = _expected(SCALAR, occurrences[-1])
    value = _scalar(node)
    if value is None:
        return ""
    return str(value) if node.tag == _PREFIX + "binary" else node.text


def anything(occurrences: Occurrences) -> Any:
    """A value by the rules of yaml.v2, with texts as the keys of its maps. Raises MonacoError."""
    return _value(occurrences[-1])


def is_null(occurrences: Occurrences) -> bool:
    node = occurrences[-1]
    return node.kind == SCALAR and _scalar(node) is None


def items(occurrences: Occurrences) -> list[Node]:
    """Of a list; none for null. Raises MonacoError for anything else."""
    return [] if is_null(occurrences) else _expected(SEQUENCE, occurrences[-1]).children


def mapping(occurrences: Occurrences) -> dict[str, list[Node]]:
    """Of a map whose keys are texts. Empty for null.

    Raises MonacoError for a key that is there twice, also if one comes in by ``<<``, and for anything else than a map.
    """
    fields: dict[str, list[Node]] = {}
    for node in _after_null(occurrences):
        for key, value in _pairs(node):
            _add_once(fields, text([key]), key.line, [value])
    return fields


def record(occurrences: Occurrences, names: Sequence[str]) -> dict[str, list[Node]]:
    """Of a map with fixed keys. What comes in by ``<<`` and what is written there are one, the later counts.

    Raises MonacoError for a key that is written twice, for unknown ones, and for anything else than a map.
    """
    fields: dict[str, list[Node]] = {}
    for node in _after_null(occurrences):
        for name, values in _fields(node).items():
            fields.setdefault(name, []).extend(values)
    unknown = [name for name in fields if name not in names]
    if unknown:
        line = fields[unknown[0]][0].line
        raise MonacoError(f"line {line}: Monaco knows no {unknown[0]} there, only {', '.join(names)}")
    return fields


def _fields(node: Node) -> dict[str, list[Node]]:
    fields: dict[str, list[Node]] = {}
    written: dict[str, int] = {}
    for key, value in _halves(node):
        if _is_merge(key):
            for merged in _merged(value):
                for name, values in _fields(merged).items():
                    fields.setdefault(name, []).extend(values)
            continue
        name = text([key])
        _add_once(written, name, key.line, key.line)
        fields.setdefault(name, []).append(value)
    return fields


def _after_null(occurrences: Occurrences) -> list[Node]:
    """The maps after the last null, which sets back what was before it."""
    nodes: list[Node] = []
    for node in occurrences:
        nodes = [] if is_null([node]) else [*nodes, _expected(MAPPING, node)]
    return nodes


def _expected(kind: str, node: Node) -> Node:
    if node.kind != kind:
        raise MonacoError(f"line {node.line}: there is {node.kind} where Monaco expects {kind}")
    return node


def _halves(node: Node) -> Iterator[tuple[Node, Node]]:
    return zip(node.children[::2], node.children[1::2])


def _pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    """Keys and values, those that come in by ``<<`` as well."""
    for key, value in _halves(node):
        if _is_merge(key):
            for merged in _merged(value):
                yield from _pairs(merged)
        else:
            yield key, value


def _is_merge(key: Node) -> bool:
    return key.kind == SCALAR and key.text == "<<" and (key.is_plain or key.tag == _PREFIX + "merge")


def _merged(node: Node) -> list[Node]:
    """Of several the first counts, and so it comes last."""
    nodes = list(reversed(node.children)) if node.kind == SEQUENCE else [node]
    for node_to_merge in nodes:
        if node_to_merge.kind != MAPPING:
            raise MonacoError(f"line {node.line}: << takes a map or a list of maps")
    return nodes


def _add_once(entries: dict[str, Any], name: str, line: int, value: Any) -> None:
    if name in entries:
        raise MonacoError(f"line {line}: the key {name} is given twice")
    entries[name] = value


def _value(node: Node) -> Any:
    if node.kind == SCALAR:
        return _scalar(node)
    if node.kind == SEQUENCE:
        return [_value(child) for child in node.children]
    entries: dict[str, Any] = {}
    for key, value in _pairs(node):
        _add_once(entries, printed(_scalar(_expected(SCALAR, key))), key.line, _value(value))
    return entries


def _scalar(node: Node) -> Any:
    if node.tag is None:
        return _resolved(node.text) if node.is_plain else node.text
    if node.tag == _PREFIX + "binary":
        return _decoded(node)
    return _tagged(node) if node.tag in _RESOLVED_TAGS else node.text


def _decoded(node: Node) -> str:
    try:
        return base64.b64decode(re.sub("[\r\n]", "", node.text), validate=True).decode("utf-8", "replace")
    except ValueError:
        raise MonacoError(f"line {node.line}: !!binary holds no base64") from None


def _tagged(node: Node) -> Any:
    kind = str(node.tag)[len(_PREFIX) :]
    value = node.text if kind == "timestamp" else _resolved(node.text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    types = {"bool": bool, "int": int, "float": float, "null": type(None), "timestamp": str}
    if value.__class__ is not types[kind]:
        raise MonacoError(f"line {node.line}: {node.text!r} is no !!{kind}")
    return value


def _resolved(written: str) -> Any:
    """What a text without quotes is. A date is a text, and so is a number to the base of 60."""
    if written in _WORDS:
        return _WORDS[written]
    if written[0] == ".":
        return _float(written.replace("_", ""), written) if _DOT_FLOAT.fullmatch(written) else written
    if written[0] not in "+-0123456789" or len(written) > _LONGEST_NUMBER:
        return written
    plain = written.replace("_", "")
    number = _integer(plain)
    if number is not None:
        return number
    return _float(plain, written) if _FLOAT.fullmatch(plain) else written


def _integer(plain: str) -> int | None:
    """None for what is none, or does not fit into 64 bits."""
    for base, pattern in _INTEGERS:
        match = pattern.fullmatch(plain)
        if match:
            number = int(match[1] + match[2], base)
            largest = 2**63 if match[1] else 2**64
            return number if -(2**63) <= number < largest else None
    return None


def _float(plain: str, written: str) -> Any:
    number = float(plain)
    return written if number in (float("inf"), float("-inf")) else number
