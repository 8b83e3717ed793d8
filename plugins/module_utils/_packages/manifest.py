# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Name and version of an extension, from its manifest ``extension.yaml`` (FACTS section 2.7).

Two scalars at the top level are all that is needed, so YAML is read here without a YAML library, which modules may not
depend on. The small reader knows the manifests that people write and gives up on everything unusual, which is left to PyYAML
where that can be imported, and is otherwise an error that says how to write it. It reads what PyYAML reads, or gives up; at
worst it takes a line of a quoted text for a key that the manifest lacks, and the server refuses that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]

FILE = "extension.yaml"
WANTED = ("name", "version")

_VERSION = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}")
_TEXT_TAG = "tag:yaml.org,2002:str"
# ``key: value``; the value is looked at separately. A key with a quote, a bracket or an escape in it is unusual.
_ENTRY = re.compile(r"""(?P<quote>["']?)(?P<key>[A-Za-z_][\w.$/-]*)(?P=quote)[ ]*:(?:[ ]+(?P<value>.*))?""")
_SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:[ ]+#.*)?")
_DOUBLE_QUOTED = re.compile(r'"([^"\\]*)"(?:[ ]+#.*)?')
# Begins with a quote that is not closed on its line.
_OPEN_QUOTE = re.compile(r"""[ ]*(?:'(?:[^']|'')*|"(?:[^"\\]|\\.)*\\?)$""")
# What may not begin a plain scalar, or makes it another thing than the text that stands there.
_UNUSUAL_PLAIN = re.compile(r"[-?:,\[\]{}#&*!|>'\"%@`=<~]|.*(?::(?:[ ]|$)|[\t])")
# Plain scalars that YAML 1.1 may take for a number, a date, a boolean or null. Too many rather than too few.
_NOT_TEXT = re.compile(
    r"[-+.0-9][-+.0-9_:eExXoabcdfABCDEFinfNaATtZz ]*|~|(?i:null|true|false|yes|no|on|off|y|n)", re.ASCII
)
# Line breaks of YAML 1.1 that are none for everybody, and control characters.
_ODD_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]")


class _UnusualError(Exception):
    """The small reader does not know, or knows that it is wrong."""


def identity(content: bytes) -> tuple[str, str]:
    """Name and version in a manifest. Raises InputError, whose text begins with what is wrong, not with the file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text: save it as UTF-8") from None
    try:
        found = small_reader(text)
    except _UnusualError as error:
        found = _with_library(text, str(error))
    name, version = (found.get(key) for key in WANTED)
    if name is None or version is None:
        key = "name" if name is None else "version"
        raise InputError(f"has no '{key}' at its top level: add it")
    return checked_name(name), checked_version(version)


def checked_name(name: str) -> str:
    """``name``, if it can be an extension's name; which names are allowed is the server's business."""
    if not name.strip() or name != name.strip() or not name.isprintable() or name in (".", ".."):
        raise InputError(f"has the name {name!r}, which cannot be an extension's: give one such as custom:my.extension")
    return name


def checked_version(version: str) -> str:
    """``version``, if it has three parts."""
    if not _VERSION.fullmatch(version):
        raise InputError(f"has the version {version!r}: three numbers are needed, such as 1.0.0")
    return version


def small_reader(text: str) -> dict[str, str]:
    """The wanted top-level scalars of a block mapping; raises where it takes a real YAML parser to be sure."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _ODD_CHARACTERS.search(text):
        raise _UnusualError("unusual characters")
    found: dict[str, str] = {}
    current = ""  # the wanted key whose value might go on
    for number, line in enumerate(_document(text), 1):
        if line[:1] in (" ", "\t"):
            if current or (not found and number == 1):
                raise _UnusualError(f"the value of '{current}' goes on in the next line" if current else "indentation")
            continue
        current = ""
        if re.match(r"-(?:[ ]|$)", line) and number > 1:
            continue  # a sequence may stand at the column of its key
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise _UnusualError("something else than 'key: value' at the top level")
        key, value = entry["key"], entry["value"] or ""
        if _OPEN_QUOTE.match(value):
            raise _UnusualError(f"a quoted text at '{key}' that goes on in the next line")
        if key in WANTED:
            if key in found:
                raise _UnusualError(f"'{key}' occurs twice")
            found[key] = _scalar(key, value)
            current = key
    return found


def _document(text: str) -> Iterator[str]:
    """The lines of the one document, without comments, empty lines and its markers."""
    started = ended = False
    for line in text.split("\n"):
        bare = line.rstrip(" \t")
        if not bare or bare.lstrip(" \t").startswith("#"):
            continue
        marker = re.match(r"(---|\.\.\.)(?:[ \t]|$)", line)
        if ended and not (marker and marker[1] == "..."):
            raise _UnusualError("several documents")
        if marker:
            rest = bare[3:].strip(" \t")
            if (rest and not rest.startswith("#")) or (marker[1] == "---" and started):
                raise _UnusualError("several documents, or one that begins beside its marker")
            ended = marker[1] == "..."
        elif line.startswith("%"):
            raise _UnusualError("a directive")
        else:
            yield bare
        started = True


def _scalar(key: str, value: str) -> str:
    """The text that ``value`` stands for."""
    value = value.strip(" ")
    single, double = _SINGLE_QUOTED.fullmatch(value), _DOUBLE_QUOTED.fullmatch(value)
    if single:
        return single[1].replace("''", "'")
    if double:
        return double[1]
    plain = value.split(" #", 1)[0].rstrip(" ")
    if not plain or _UNUSUAL_PLAIN.match(plain):
        raise _UnusualError(f"the value of '{key}' is not a text on the same line")
    if _NOT_TEXT.fullmatch(plain) and not _VERSION.fullmatch(plain):
        raise _UnusualError(f"the value of '{key}' is not a text: quote it")
    return plain


def _with_library(text: str, unusual: str) -> dict[str, str]:
    """As small_reader, by PyYAML. Nothing is constructed, so aliases cannot blow anything up."""
    if yaml is None:
        raise InputError(
            f"cannot be read without PyYAML ({unusual}): write 'name: ...' and 'version: ...' as lines of their own at "
            "the top level, or install PyYAML where the module runs"
        )
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        place = f" (line {where.line + 1}: {getattr(error, 'problem', '')})" if where else ""
        raise InputError(f"is not valid YAML{place}: correct it") from None
    if not isinstance(root, yaml.MappingNode):
        raise InputError("is not a mapping: begin it with the lines 'name: ...' and 'version: ...'")
    found: dict[str, str] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT_TAG or key.value not in WANTED:
            continue
        if key.value in found:
            raise InputError(f"has '{key.value}' twice: remove one")
        if not isinstance(value, yaml.ScalarNode) or value.tag != _TEXT_TAG:
            shown = f" {value.value!r}" if isinstance(value, yaml.ScalarNode) else ""
            hint = "three numbers, such as 1.0.0" if key.value == "version" else "and quoted"
            raise InputError(f"has a '{key.value}'{shown} that is not a text: write it as a text, {hint}")
        found[key.value] = value.value
    return found
