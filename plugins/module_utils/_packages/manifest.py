# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Name and version of an extension, from its manifest ``extension.yaml`` (API facts, 2.7).

PyYAML reads it where it can be imported. Modules may not depend on it, so without it a small reader takes the plain form in which most
manifests are written, and gives up on everything else.
"""

from __future__ import annotations

import re

from .._errors import InputError

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]

FILE = "extension.yaml"
WANTED = ("name", "version")
_HOW = {"name": "and quoted", "version": "three numbers, such as 1.0.0"}

_VERSION = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}")
_TEXT_TAG = "tag:yaml.org,2002:str"
# A line at the top level, for the small reader: a key, and a value that surely ends on that line: nothing, a quoted text, the sign of
# a block of text, a simple list or mapping, or plain text.
_ENTRY = re.compile(
    r"""([A-Za-z_][\w.$-]*):(?:[ ]+('[^'\\]*'|"[^"\\]*"|[|>][-+]?|[\[{][^\[\]{}'"#]*[\]}]|[\w/(.][^\t]*))?""", re.ASCII
)
# What ``name`` and ``version`` may be there: texts that YAML takes for nothing else.
_PLAIN = re.compile(r"""(["']?)([A-Za-z][\w.:/-]*\w|[0-9]+\.[0-9]+\.[0-9]+)\1(?:[ ]+#.*)?""", re.ASCII)
_NO_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


class _UnusualError(Exception):
    """The small reader does not know."""


def identity(content: bytes) -> tuple[str, str]:
    """Name and version in a manifest. Raises InputError, whose text begins with what is wrong, not with the file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text: save it as UTF-8") from None
    fields = _by_small_reader(text) if yaml is None else _by_library(text)
    for key in WANTED:
        if key not in fields:
            raise InputError(f"has no '{key}' at its top level: add it")
    return checked_name(fields["name"]), checked_version(fields["version"])


def checked_name(name: str) -> str:
    """``name``, if it can be an extension's name; which names are allowed is the server's business."""
    if not name.strip() or name != name.strip() or not name.isprintable() or name in (".", ".."):
        raise InputError(f"has the name {name!r}, which cannot be an extension's: give one such as custom:my.extension")
    return name


def checked_version(version: str) -> str:
    """``version``, if it has three parts."""
    if not _VERSION.fullmatch(version):
        raise InputError(
            f"has the version {version!r}: three numbers are needed, such as '1.0.0', in quotes, because YAML reads 1.10 as 1.1"
        )
    return version


def _by_small_reader(text: str) -> dict[str, str]:
    try:
        return small_reader(text)
    except _UnusualError as error:
        raise InputError(
            f"cannot be read without PyYAML ({error}): write 'name: ...' and 'version: ...' as lines of their own at "
            "the top level, or install PyYAML where the module runs"
        ) from None


def small_reader(text: str) -> dict[str, str]:
    """The wanted top-level texts of a mapping; raises where it takes a real YAML parser to be sure."""
    fields: dict[str, str] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.rstrip(" ")
        if _is_of_no_matter(bare, key):
            continue
        entry = _ENTRY.fullmatch(bare)
        if entry is None:
            raise _UnusualError(f"line {number} is not 'key: value'")
        key, value = entry[1], entry[2] or ""
        if key in WANTED:
            if key in fields:
                raise _UnusualError(f"'{key}' occurs twice")
            fields[key] = _plain(key, value)
    return fields


def _is_of_no_matter(line: str, key: str) -> bool:
    """Comments, the mark of the beginning, and what belongs to a ``key`` above that is not wanted."""
    if not line.startswith((" ", "- ")) or not key:
        return not line or line.startswith("#") or (line == "---" and not key)
    return key not in WANTED


def _plain(key: str, value: str) -> str:
    plain = _PLAIN.fullmatch(value)
    if plain is None or (not plain[1] and plain[2].lower() in _NO_TEXT):
        raise _UnusualError(f"the value of '{key}' is not a plain text")
    return plain[2]


def _by_library(text: str) -> dict[str, str]:
    """As small_reader. Nothing is constructed, so aliases cannot blow anything up."""
    root = _composed(text)
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise InputError("is not a mapping: begin it with the lines 'name: ...' and 'version: ...'")
    fields: dict[str, str] = {}
    for key, value in root.value:
        if not _is_text(key) or key.value not in WANTED:
            continue
        if key.value in fields:
            raise InputError(f"has '{key.value}' twice: remove one")
        fields[key.value] = _text(key.value, value)
    return fields


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _TEXT_TAG


def _composed(text: str) -> yaml.Node | None:
    """The document as a tree, None if there is nothing in it."""
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        place = f" (line {where.line + 1}: {getattr(error, 'problem', '')})" if where else ""
        raise InputError(f"is not valid YAML{place}: correct it") from None


def _text(key: str, node: yaml.Node) -> str:
    if _is_text(node):
        return str(node.value)
    shown = f" {node.value!r}" if isinstance(node, yaml.ScalarNode) else ""
    raise InputError(f"has a '{key}'{shown} that is not a text: write it as a text, {_HOW[key]}")
