# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One report of several environments, by values."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from ansible_collections.community.dynatrace.plugins.plugin_utils._environments_report import environments_report

TOLD = {
    "same": {"outcome": "unchanged", "sentence": "2 objects: 2 unchanged."},
    "later": None,
    "new": {"outcome": "changed", "sentence": "2 objects: 2 created."},
    "bad": {"outcome": "failed", "sentence": "a | b\n<script> *x*"},
    "odd": {"outcome": "something", "sentence": 7},
}


def test_the_worst_comes_first() -> None:
    report = environments_report(TOLD, "settings_apply", "2026-11-28")
    assert report["sentence"] == "5 environments: 2 failed, 1 not reached, 1 changed, 1 unchanged."
    assert [row["name"] for row in report["environments"]] == ["bad", "odd", "later", "new", "same"]
    assert report["lines"][0] == report["sentence"]
    assert report["lines"][3:] == [
        "not reached: later: The role has not finished there.",
        "changed: new: 2 objects: 2 created.",
        "unchanged: same: 2 objects: 2 unchanged.",
    ]


def test_the_files_say_the_same() -> None:
    report = environments_report(TOLD, "settings_apply", "2026-11-28")
    files = {file["name"]: file["content"] for file in report["files"]}
    document, markdown = files["environments.json"], files["environments.md"]
    assert json.loads(document)["environments"] == report["environments"]
    assert json.loads(document)["version"] == 1
    assert r"| bad | failed | a \| b &lt;script&gt; \*x\* |" in markdown.splitlines()
    assert markdown.startswith("# settings\\_apply\n\n5 environments")
    page, cases = files["environments.html"], ElementTree.fromstring(files["environments.xml"])
    assert "<script> *x*" not in page
    assert page.count('data-status="failed"') == 2
    assert '<a href="#failed" data-only="failed"><b>2</b>' in page
    (suite,) = cases
    assert [suite.get(name) for name in ("tests", "failures", "skipped")] == ["5", "2", "1"]
    assert [case[0].tag for case in suite] == ["failure", "failure", "skipped", "system-out", "system-out"]


def test_what_was_shown_of_an_environment() -> None:
    lines = ["1 of 2 objects failed.", "", "1 × odd", "  KEY", "  <k>"]
    said = {"outcome": "failed", "sentence": lines[0], "lines": lines}
    files = {file["name"]: file["content"] for file in environments_report({"a": said}, "x", "")["files"]}
    assert "  &lt;k&gt;\n" in files["environments.html"]
    body = files["environments.html"].partition("<main>")[2]
    assert body.count("1 of 2 objects failed.") == 2, "in what the filter looks in, and to be read"
    assert ElementTree.fromstring(files["environments.xml"])[0][0][0].text == "\n".join(lines)


def test_lines_fit_a_terminal() -> None:
    lines = environments_report({"a": {"outcome": "failed", "sentence": "word " * 60}}, "x", "")["lines"]
    assert max(map(len, lines)) <= 86


def test_none() -> None:
    assert environments_report({}, "x", "")["sentence"] == "0 environments: none."
