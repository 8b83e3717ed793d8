# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small reader of manifests against PyYAML: it may give up, but it must not read something else."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import pytest
import yaml
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._packages import manifest

ROUNDS = 12_000

# What people and tools write; the small reader must manage each of them without help.
USUAL = {
    "plain": "name: custom:demo\nversion: 1.0.0\nauthor:\n  name: me\n",
    "quoted": "name: 'custom:demo'\nversion: \"1.0.0\"\n",
    "document marker": "---\nname: custom:demo\nversion: 1.0.0\n",
    "unicode": "description: about \u00e4\u00f6\u2013\U0001f600 it's\nname: custom:demo\nversion: 1.0.0\n",
    "other order": "author: {name: me}\nversion: 1.0.0\nminDynatraceVersion: '1.300'\nname: custom:demo\n",
    "comments": "# name: other\nname: custom:demo # name: other\n#version: 2.0.0\nversion: 1.0.0    # it\n",
    "byte order mark": "\ufeffname: custom:demo\nversion: 1.0.0\n",
    "windows": "name: custom:demo\r\nversion: 1.0.0\r\nauthor:\r\n  name: me\r\n",
    "old mac": "name: custom:demo\rversion: 1.0.0\r",
    "no line break at the end": "name: custom:demo\nversion: 1.0.0",
    "sequence at the column of its key": "alerts:\n- path: a\n- path: b\nname: com.dynatrace.x\nversion: 1.0.0\n",
    "nested names": "author:\n  name: me\n  version: 2.0.0\nname: custom:demo\nversion: 1.0.0\n",
    "block scalar": "description: |\n  name: other\n  version: 2.0.0\n\n  more\nname: custom:demo\nversion: 1.0.0\n",
    "folded scalar": "description: >-\n\n  --- not a marker\n  name: other\nname: custom:demo\nversion: 1.0.0\n",
    "numbers in the name": "name: custom:1.0\nversion: 10.20.300\n",
    "empty lines": "\n\n   \nname: custom:demo\n\n\nversion: 1.0.0\n \n",
}
# Valid, but a matter for a real parser.
UNUSUAL = {
    "quotes in quotes": "name: 'it''s'\nversion: '1.0.0'\n",
    "quoted keys": "\"name\": custom:demo\n'version': 1.0.0\n",
    "marker": "---\nname: custom:demo\nversion: 1.0.0\n...\n",
    "marker with comment": "# about\n--- # the one\nname: custom:demo\nversion: 1.0.0\n",
    "hash inside": "name: custom:a#b\nversion: 1.0.0\n",
    "spaces before the colon": "name : custom:demo\nversion  :   1.0.0   \n",
    "json": '{"name": "custom:demo", "version": "1.0.0"}',
    "flow mapping": "{name: custom:demo,\n version: 1.0.0}\n",
    "beside the marker": "--- {name: custom:demo, version: 1.0.0}\n",
    "indented": "  name: custom:demo\n  version: 1.0.0\n",
    "anchor": "name: &n custom:demo\nversion: 1.0.0\n",
    "tag": "name: !!str custom:demo\nversion: 1.0.0\n",
    "block value": "name: |-\n  custom:demo\nversion: 1.0.0\n",
    "value in the next line": "name:\n  custom:demo\nversion: 1.0.0\n",
    "escape": 'name: "custom\\x3ademo"\nversion: 1.0.0\n',
    "question mark": "? name\n: custom:demo\nversion: 1.0.0\n",
    "directive": "%YAML 1.1\n---\nname: custom:demo\nversion: 1.0.0\n",
    "flow closed at the column of its key": "vars: [\n]\nname: custom:demo\nversion: 1.0.0\n",
    "line separator": "x: 'a\u2028b'\nname: custom:demo\nversion: 1.0.0\n",
    "quoted text over lines": "x: 'a\nb'\nname: custom:demo\nversion: 1.0.0\n",
    "tagged version": "name: custom:demo\nversion: !!str 1.0.0\n",
}
WRONG = {
    "unquoted version of two parts": ("name: custom:demo\nversion: 1.0\n", "'1.0'", "1.0.0"),
    "quoted version of two parts": ("name: custom:demo\nversion: '1.0'\n", "'1.0'", "1.0.0"),
    "version with more": ("name: custom:demo\nversion: 1.0.0-beta\n", "1.0.0-beta", "three numbers"),
    "other digits": ("name: custom:demo\nversion: \u0661.0.0\n", "version", "three numbers"),
    "name a number": ("name: 12\nversion: 1.0.0\n", "'name' '12'", "text"),
    "name null": ("name: ~\nversion: 1.0.0\n", "'name'", "text"),
    "name a boolean": ("name: yes\nversion: 1.0.0\n", "'name'", "text"),
    "name a list": ("name: [a]\nversion: 1.0.0\n", "'name'", "text"),
    "name empty": ("name: ''\nversion: 1.0.0\n", "name", "custom:my.extension"),
    "name of dots": ("name: '..'\nversion: 1.0.0\n", "name", "custom:my.extension"),
    "no name": ("version: 1.0.0\n", "no 'name'", "add it"),
    "no version": ("name: custom:demo\n", "no 'version'", "add it"),
    "name twice": ("name: a\nname: b\nversion: 1.0.0\n", "'name' twice", "remove one"),
    "a list": ("- name\n", "not a mapping", "name: ..."),
    "empty": ("", "no 'name'", "add it"),
    "several documents": ("name: a\nversion: 1.0.0\n---\nname: b\n", "not valid YAML", "correct it"),
    "broken": ("name: [\n", "not valid YAML", "line 2"),
    "alias of nothing": ("name: *x\nversion: 1.0.0\n", "not valid YAML", "line 1"),
}


def _by_library(text: str) -> dict[str, str] | None:
    """The texts that PyYAML finds, None when the document is none."""
    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(found, dict):
        return None
    return {key: found[key] for key in manifest.WANTED if key in found}


@pytest.mark.parametrize("text", USUAL.values(), ids=USUAL)
def test_usual_manifests_need_no_library(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "yaml", None)
    expected: Any = yaml.safe_load(text)
    assert manifest.identity(text.encode()) == (expected["name"], expected["version"])


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_manifests_are_left_to_the_library(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected: Any = yaml.safe_load(text)
    assert manifest.identity(text.encode()) == (expected["name"], expected["version"])
    monkeypatch.setattr(manifest, "yaml", None)
    with pytest.raises(InputError, match=r"cannot be read without PyYAML .*lines of their own"):
        manifest.identity(text.encode())


@pytest.mark.parametrize(("text", "what", "advice"), WRONG.values(), ids=WRONG)
def test_wrong_manifests_are_refused_with_and_without_library(
    text: str, what: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError) as raised:
        manifest.identity(text.encode())
    assert what in raised.value.msg
    assert advice in raised.value.msg
    monkeypatch.setattr(manifest, "yaml", None)
    with pytest.raises(InputError):
        manifest.identity(text.encode())


def test_other_encodings_are_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        manifest.identity("name: custom:demo\nversion: 1.0.0\n".encode("utf-16"))


def test_a_mass_of_aliases_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    text = "\n".join([*lines, "name: !!str custom:demo", "version: 1.0.0"])
    assert manifest.identity(text.encode()) == ("custom:demo", "1.0.0")


@pytest.mark.parametrize("line", ["x: a{}b", "{}: x", "name{}: x", "x: '{}", 'x: "{}', "name: a{}b", "x: {}#"])
@pytest.mark.parametrize("filler", [" ", "'", "\\", "a", " #", ": "])
def test_long_lines_take_no_time(line: str, filler: str) -> None:
    """No pattern may try all ways to divide a run of the same character; that would take minutes here."""
    with contextlib.suppress(manifest._UnusualError):
        manifest.small_reader(line.format(filler * 200_000) + "\nversion: 1.0.0\n")


def test_the_small_reader_reads_nothing_that_the_library_reads_otherwise() -> None:
    """Manifests with random damage. The reader may give up on any; what it does read, PyYAML must read the same."""
    chance = random.Random(7)
    sources = [*USUAL.values(), *UNUSUAL.values(), *(text for text, *_rest in WRONG.values())]
    pieces = [
        " ",
        "  ",
        "\n",
        ":",
        ": ",
        "#",
        " #",
        "'",
        '"',
        "-",
        "- ",
        "name: x",
        "\nversion: 3.0.0",
        "|",
        ">",
        "[",
        "]",
        "{",
        "}",
    ]
    pieces += [
        "---",
        "...",
        "%",
        "&a",
        "*a",
        "!",
        "\t",
        "? ",
        "1",
        "0x1",
        "1e3",
        "2026-01-01",
        "~",
        "\u2028",
        "\\",
        ",",
        "a",
        "<<: ",
    ]
    read = 0
    for _round in range(ROUNDS):
        text = chance.choice(sources)
        for _damage in range(chance.randint(1, 4)):
            at = chance.randint(0, len(text))
            text = text[:at] + chance.choice(pieces) + text[at + chance.choice([0, 0, 1, 3]) :]
        expected = _by_library(text)
        try:
            found = manifest.small_reader(text.removeprefix("\ufeff"))
        except manifest._UnusualError:
            continue
        if expected is not None:
            read += 1
            # A key too many is possible where a quoted text goes on at the first column, and the manifest has no such key.
            assert {key: found.get(key) for key in expected} == expected, text
    assert read > ROUNDS / 50
