# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report, as data and as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._drift import report
from ansible_collections.community.dynatrace.plugins.plugin_utils._drift_page import page

from tests.support.sandbox import RunningSandbox

TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
NOTE = "builtin:sandbox.note"
HEADER = "builtin:sandbox.header-rule"
SECRET = "hush-hush-hush"
EVIL = "<script>alert(1)</script>\"'&"


def compared(sandbox: RunningSandbox, objects: list[dict[str, Any]], **args: Any) -> dict[str, Any]:
    """As the role runs it."""
    return sandbox.run("settings_objects", check=True, diff=True, objects=objects, continue_on_error=True, **args)


def tag(name: str, **value: Any) -> dict[str, Any]:
    return {"key": f"{TAG}/{name}", "schema_id": TAG, "value": {"name": name, **value}}


class TestReport:
    def test_every_kind(self, sandbox: RunningSandbox) -> None:
        objects = [
            tag("Web servers", description="new"),
            tag("fresh"),
            {"key": "absent", "schema_id": TAG, "external_id": "sandbox-databases", "state": "absent"},
            {"key": "moved", "schema_id": HEADER, "value": {"headerName": "X-Real-IP"}, "position": "first"},
            {"key": "same", "schema_id": HEADER, "value": {"headerName": "X-Forwarded-For"}},
            {"key": "long", "schema_id": NOTE, "external_id": "n", "value": {"text": "x" * 5000}},
        ]
        found = report(compared(sandbox, objects))
        kinds = {one["key"]: one["kind"] for schema in found["schemas"] for one in schema["objects"]}
        assert kinds == {
            f"{TAG}/Web servers": "different",
            f"{TAG}/fresh": "missing",
            "absent": "unwanted",
            "moved": "moved",
            "long": "refused",
        }
        assert (found["drift"], found["complete"], found["objects"]) == (True, True, 6)
        assert found["summary"]["equal"] == 1
        refused = next(one for schema in found["schemas"] for one in schema["objects"] if one["key"] == "long")
        assert "text" in refused["error"]

    def test_what_is_in_no_file(self, sandbox: RunningSandbox) -> None:
        found = report(compared(sandbox, [tag("Web servers")], prune={"schema_ids": [TAG]}))
        assert found["summary"]["unlisted"] == 1
        (one,) = found["schemas"][0]["objects"]
        assert (one["key"], one["external_id"]) == ("Databases", "sandbox-databases")
        assert one["before"]["value"]["name"] == "Databases"

    def test_no_drift(self, sandbox: RunningSandbox) -> None:
        found = report(compared(sandbox, [tag("Web servers")]))
        assert (found["drift"], found["complete"], found["objects"]) == (False, True, 1)
        assert "No drift: 1 object compared" in page(found)

    def test_files_that_cannot_be_right(self, sandbox: RunningSandbox) -> None:
        found = report(compared(sandbox, [tag("Web servers"), tag("x", nmae="y")]))
        assert (found["drift"], found["complete"]) == (False, False)
        assert "nmae" in page(found)

    def test_a_task_that_compared_nothing(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(method="GET", path="schemas", kind="status", status=403, times=9)
        with pytest.raises(ValueError, match="403"):
            report(compared(sandbox, [tag("x")]))


class _Checked(HTMLParser):
    """Raises for what is not closed; notes elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, dummy in attrs)
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(text: str) -> _Checked:
    parser = _Checked()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


class TestPage:
    @pytest.fixture
    def evil(self, sandbox: RunningSandbox) -> str:
        """Everything that others can name, named badly."""
        row = {
            "key": EVIL,
            "schema_id": EVIL,
            "scope": EVIL,
            "external_id": EVIL,
            "object_id": EVIL,
            "action": "update",
            "reached": True,
            "error": None,
            "diff": {"before": {"position": EVIL, "value": {EVIL: EVIL}}, "after": {"position": 1, "value": {EVIL: 1}}},
        }
        refused = {**row, "error": {"message": EVIL, "constraint_violations": [{"path": EVIL, "message": EVIL}]}}
        result = {"objects": [row, refused], "pruned": [row], "errors": {EVIL: EVIL}}
        return page(report(result), EVIL, EVIL, EVIL)

    def test_everything_is_escaped(self, evil: str) -> None:
        parser = checked(evil)
        assert not {"script", "img", "iframe", "link"} & parser.elements
        assert not [name for name in parser.attributes if name.startswith("on") or name == "src"]
        assert "<script" not in evil
        assert "&lt;script&gt;" in evil or "&lt;<mark>" in evil

    def test_needs_nothing_else(self, evil: str) -> None:
        assert not re.search(r"url\(|@import|https?://", evil)
        assert "default-src 'none'" in evil

    def test_what_differs_stands_side_by_side(self, sandbox: RunningSandbox) -> None:
        text = page(report(compared(sandbox, [tag("Web servers", enabled=False)])), "prod", "settings", "now")
        checked(text)
        assert "1 object of 1 not as in the files" in text
        assert (
            '<code class="old">enabled: <mark>true</mark></code><code class="new">enabled: <mark>false</mark>' in text
        )
        assert '<a href="#schema-1">builtin:sandbox.tag-rule</a>' in text
        assert 'id="schema-1"' in text

    def test_long_stretches_of_equal_lines_are_folded(self) -> None:
        before = {"value": {**{f"p{n:02d}": n for n in range(40)}, "z": 1}}
        after = {"value": {**before["value"], "p20": "x"}}
        row = {"key": "k", "schema_id": "s", "action": "update", "diff": {"before": before, "after": after}}
        text = page(report({"objects": [row]}))
        checked(text)
        assert re.findall(r"(\d+) equal lines", text) == ["17", "17"]
        assert text.count("p20: ") == 2

    def test_secrets(self, sandbox: RunningSandbox) -> None:
        value = {"name": "r", "url": "https://r.example.com", "token": SECRET}
        item = {"key": "r", "schema_id": REMOTE, "value": value}
        missing = report(compared(sandbox, [item]))
        sandbox.run("settings_objects", objects=[item])
        value["url"] = "https://elsewhere.example.com"
        changed = report(compared(sandbox, [{**item, "value": value}]))
        unlisted = report(compared(sandbox, [], prune={"schema_ids": [REMOTE], "allow_empty": True}))
        for found in (missing, changed, unlisted):
            assert found["drift"]
            assert SECRET not in str(found) + page(found)

    def test_thousands_of_differences_are_folded_and_take_no_time(self) -> None:
        row = {
            "schema_id": "s",
            "action": "update",
            "diff": {"before": {"value": {"a": 1}}, "after": {"value": {"a": 2}}},
        }
        text = page(report({"objects": [{**row, "key": str(n)} for n in range(5000)]}))
        assert '<details class="object" open>' not in text
        assert text.count('<details class="object">') == 5000
