# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How reports show the texts of others, by values: the function, and each kind of report."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._environments_report import environments_report
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan import plan_document
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_files import files_of_plan
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import report
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout_page import page
from ansible_collections.community.dynatrace.plugins.plugin_utils._run_summary import run_summary
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible

# A file that calls itself picture.exe, an escape sequence, a name that looks like another one, a tag, half of a pair.
HIDDEN = "picture\u202egpj.exe \x1b[31m ad\u200bmin \U000e0041 \ud800"
SHOWN = "picture\\u202egpj.exe \\u001b[31m ad\\u200bmin \\U000e0041 \\ud800"
JOINERS = "\u200c\u200d"


def test_exactly_what_hides_or_reorders_is_escaped() -> None:
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    escaped = {chr(code) for code in range(sys.maxunicode + 1) if visible(chr(code)) != chr(code)}
    unseen = {
        chr(code)
        for code in range(0x10000)
        if unicodedata.category(chr(code)) in kinds and chr(code) not in "\t\n" + JOINERS
    }
    # These are seen: signs around the numbers of some languages.
    numerals = {chr(code) for code in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2)}
    assert unseen - escaped <= numerals
    assert not {character for character in escaped if unicodedata.category(character) not in {*kinds, "Cn"}}


@pytest.mark.parametrize("text", ["Zürich 東京", "👩\u200d💻", "مراقبة\u200cها", "two\n\tlines", "a\u0301"])
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


def test_once_is_enough() -> None:
    assert visible(HIDDEN) == visible(visible(HIDDEN)) == SHOWN


def objects() -> dict[str, Any]:
    diff = {"before": {"value": {"a": 1}}, "after": {"value": {"a": HIDDEN, HIDDEN: 1}}}
    rows = [
        {
            "key": HIDDEN,
            "name": HIDDEN,
            "schema_id": HIDDEN,
            "scope": HIDDEN,
            "action": "update",
            "diff": diff,
            "file": HIDDEN,
        },
        {"key": HIDDEN, "error": {"message": HIDDEN, "constraint_violations": [{"path": HIDDEN, "message": HIDDEN}]}},
    ]
    return {"objects": rows, "msg": HIDDEN, "error": {"unknown": [HIDDEN]}}


def plan_texts() -> list[str]:
    files = {
        file["name"]: file["content"]
        for file in files_of_plan(plan_document({HIDDEN: objects()}, "drift", HIDDEN, HIDDEN))
    }
    return [files["drift.html"], files["drift.md"], files["drift.xml"]]


def rollout_texts() -> list[str]:
    row = {"id": HIDDEN, "hostname": HIDDEN, "wave": 1, "state": "failed", "reason": HIDDEN, "target_version": HIDDEN}
    summary = dict.fromkeys(("fleet", "wave", "waves", "failures"), 1) | {"done": 0, "untouched": 0}
    result = {"activegates": [row], "waves": [{"wave": 1}], "summary": summary, "msg": HIDDEN, "error": {"status": 1}}
    found = report({**result, "left_out": [row]})
    return [page(found, HIDDEN, HIDDEN), *found["lines"]]


def environments_texts() -> list[str]:
    said = {"outcome": "failed", "sentence": HIDDEN, "lines": [HIDDEN]}
    found = environments_report({HIDDEN: said}, HIDDEN, HIDDEN)
    return [*found["lines"], *(file["content"] for file in found["files"] if not file["name"].endswith(".json"))]


@pytest.mark.parametrize(
    "texts", [plan_texts, rollout_texts, environments_texts, lambda: run_summary(objects())["lines"]]
)
def test_no_report_hides_anything(texts: Any) -> None:
    made = texts()
    assert [text for text in made if visible(text) != text] == []
    assert "picture\\u202egpj.exe" in "".join(made)
