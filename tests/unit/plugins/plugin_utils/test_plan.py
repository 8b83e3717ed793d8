# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan document, and what is made of it: page, Markdown, JUnit, and lines for a terminal."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan import plan_document
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_files import files_of_plan

from tests.support.sandbox import RunningSandbox

TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
HEADER = "builtin:sandbox.header-rule"
SECRET = "hush-hush-hush"
EVIL = "<script>alert(1)</script>\"'&"
LIMIT = 64_000


def compared(sandbox: RunningSandbox, objects: list[dict[str, Any]], **args: Any) -> dict[str, Any]:
    """As the role runs it."""
    return sandbox.run("settings_objects", check=True, diff=True, objects=objects, continue_on_error=True, **args)


def tag(name: str, **value: Any) -> dict[str, Any]:
    return {"key": f"{TAG}/{name}", "schema_id": TAG, "file": "settings/tags.yml", "value": {"name": name, **value}}


def planned(result: dict[str, Any], view: str = "drift", name: str = "prod") -> dict[str, Any]:
    return plan_document({name: result}, view, "settings", "now")


def rows(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for environment in document["environments"] for row in environment["objects"]}


def files(document: dict[str, Any]) -> dict[str, str]:
    """By their ending."""
    return {file["name"].rpartition(".")[2]: file["content"] for file in files_of_plan(document)}


def update(key: str, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    """A row as the module gives it."""
    diff = {"before": {"value": before}, "after": {"value": after}}
    return {"key": key, "schema_id": "s", "scope": "environment", "action": "update", "diff": diff, **more}


@pytest.fixture
def every_kind(sandbox: RunningSandbox) -> dict[str, Any]:
    objects = [
        tag("Web servers", description="new"),
        tag("fresh"),
        {"key": "absent", "schema_id": TAG, "external_id": "sandbox-databases", "state": "absent"},
        {"key": "moved", "schema_id": HEADER, "value": {"headerName": "X-Real-IP"}, "position": "first"},
        {"key": "same", "schema_id": HEADER, "value": {"headerName": "X-Forwarded-For"}},
        # What only the server knows to be wrong.
        {"key": "bad", "schema_id": REMOTE, "value": {"name": "bad", "url": "ftp://bad", "token": SECRET}},
    ]
    return compared(sandbox, objects)


class TestDocument:
    def test_every_kind(self, every_kind: dict[str, Any]) -> None:
        document = planned(every_kind)
        found = rows(document)
        assert {key: row["status"] for key, row in found.items()} == {
            f"{TAG}/Web servers": "update",
            f"{TAG}/fresh": "create",
            "absent": "delete",
            "moved": "move",
            "same": "unchanged",
            "bad": "refused",
        }
        assert (document["format"], document["version"]) == ("community.dynatrace.settings_plan", 1)
        assert (document["outcome"], document["environments"][0]["complete"]) == ("changes", True)
        assert document["summary"]["unchanged"] == 1
        assert found[f"{TAG}/Web servers"]["properties"] == ["description"]
        assert found[f"{TAG}/Web servers"]["name"] == "Web servers"
        assert found[f"{TAG}/Web servers"]["file"] == "settings/tags.yml"
        assert found["absent"]["after"] is None
        assert found["absent"]["name"] == "Databases"
        assert found["bad"]["error"]["violations"][0]["path"] == "url"
        assert found["bad"]["after"]["value"]["url"] == "ftp://bad"
        assert document["sentence"] == (
            "Drift: 5 of 6 objects not as in the files (1 missing in the environment, 1 different, 1 in another order, "
            "1 should not be there, 1 different, and refused, 1 as in the files)."
        )

    def test_a_plan_with_what_the_server_refuses_cannot_be_applied(self, every_kind: dict[str, Any]) -> None:
        document = planned(every_kind, "plan")
        assert document["outcome"] == "failed"
        assert document["sentence"].startswith("Plan: 5 of 6 objects would change; this plan cannot be applied (1 to")

    def test_what_is_in_no_file(self, sandbox: RunningSandbox) -> None:
        document = planned(compared(sandbox, [tag("Web servers")], prune={"schema_ids": [TAG]}))
        row = rows(document)["Databases"]
        assert (row["status"], row["external_id"], row["after"]) == ("prune", "sandbox-databases", None)
        assert row["before"]["value"]["name"] == "Databases"

    @pytest.mark.parametrize(("view", "sentence"), [("drift", "No drift"), ("plan", "No change")])
    def test_nothing_differs(self, sandbox: RunningSandbox, view: str, sentence: str) -> None:
        document = planned(compared(sandbox, [tag("Web servers")]), view)
        assert (document["outcome"], document["sentence"]) == ("unchanged", f"{sentence}: 1 object as in the files.")
        assert files(document)["outcome"] == "unchanged\n"

    def test_files_that_cannot_be_right(self, sandbox: RunningSandbox) -> None:
        document = planned(compared(sandbox, [tag("Web servers"), tag("x", nmae="y")]))
        assert (document["outcome"], document["environments"][0]["complete"]) == ("failed", False)
        row = rows(document)[f"{TAG}/x"]
        assert (row["status"], row["file"]) == ("wrong", "settings/tags.yml")
        assert all("nmae" in files(document)[kind] for kind in ("html", "json", "md", "xml"))

    def test_files_are_named_from_where_ansible_was_started(self) -> None:
        layers = "/build/9/settings/tags.yml, /build/9/settings/layers/prod/tags.yml, /elsewhere/build/9/tags.yml"
        wrong = "/build/9/settings/tags.yml: x: value.name: no value is given for y"
        results = {
            "a": {"objects": [{"key": "x", "file": layers, "action": "none"}, {"key": "y"}]},
            "b": {"msg": wrong},
        }
        given = {name: {"failed": "msg" in result, **result} for name, result in results.items()}
        first, second = plan_document(given, "plan", base="/build/9/")["environments"]
        assert [row["file"] for row in first["objects"]] == [
            "settings/tags.yml, settings/layers/prod/tags.yml, /elsewhere/build/9/tags.yml",
            None,
        ]
        assert second["message"] == "settings/tags.yml: x: value.name: no value is given for y"

    def test_a_task_that_compared_nothing(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(method="GET", path="schemas", kind="status", status=403, times=9)
        document = planned(compared(sandbox, [tag("x")]))
        assert document["outcome"] == "failed"
        assert "403" in document["sentence"]
        made = files(document)
        assert all("403" in made[kind] for kind in ("html", "json", "md", "xml"))
        assert made["outcome"] == "failed\n"

    @pytest.mark.parametrize("result", [{}, {"msg": "MODULE FAILURE", "failed": False}, {"failed": True}])
    def test_what_is_no_result_is_a_failure(self, result: dict[str, Any]) -> None:
        document = planned(result)
        assert document["outcome"] == "failed"
        assert document["environments"][0]["message"]

    def test_a_run_that_ended_before_all_were_looked_at(self) -> None:
        missed = {"key": "b", "schema_id": "s", "action": "none", "reached": False, "error": None}
        document = planned({"objects": [update("a", {"x": 1}, {"x": 2}), missed], "error": {}, "msg": "no route"})
        assert document["outcome"] == "failed"
        assert document["summary"]["not_reached"] == 1

    def test_several_environments(self, sandbox: RunningSandbox, every_kind: dict[str, Any]) -> None:
        results = {"test": compared(sandbox, [tag("Web servers")]), "prod": every_kind, "away": {"msg": "no route"}}
        document = plan_document(results, "drift")
        outcomes = [environment["outcome"] for environment in document["environments"]]
        assert outcomes == ["unchanged", "changes", "failed"]
        assert document["outcome"] == "failed"
        assert document["summary"]["unchanged"] == 2
        assert document["sentence"].endswith(
            "; not everything could be compared: 1 of 3 environments failed: away: no route."
        )
        made = files(document)
        assert "3 environments" in made["html"]
        assert "### prod" in made["md"]
        names = [suite.get("name") for suite in ElementTree.fromstring(made["xml"])]
        assert names == ["test", "prod", "away"]

    def test_a_view_that_there_is_not(self) -> None:
        with pytest.raises(ValueError, match="plan, drift"):
            plan_document({}, "other")

    def test_the_json_is_the_document(self, every_kind: dict[str, Any]) -> None:
        document = planned(every_kind)
        assert json.loads(files(document)["json"]) == document

    def test_half_a_pair_of_a_character_becomes_a_question_mark(self) -> None:
        made = files(planned({"objects": [update("k", {"a": "\ud83d"}, {"a": "b"})]}))
        assert all(text.encode() for text in made.values())

    def test_the_digest_is_in_all_that_people_see(self, every_kind: dict[str, Any]) -> None:
        made = files(planned({**every_kind, "plan_digest": "abc123"}, "plan"))
        assert all("abc123" in made[kind] for kind in ("html", "json", "md"))


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
        if tag not in ("meta", "input"):
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
        result = {"objects": [row, refused], "pruned": [row], "errors": {EVIL: EVIL}, "msg": EVIL, "plan_digest": EVIL}
        document = plan_document({EVIL: result, "b": {"msg": EVIL}}, "drift", EVIL, EVIL)
        return files(document)["html"]

    def test_everything_is_escaped(self, evil: str) -> None:
        parser = checked(evil)
        assert not {"img", "iframe", "link"} & parser.elements
        assert not [name for name in parser.attributes if name.startswith("on") or name == "src"]
        assert evil.count("<script") == 1
        assert "&lt;script&gt;" in evil or "&lt;<mark>" in evil

    def test_needs_nothing_else(self, evil: str) -> None:
        assert not re.search(r"url\(|@import|https?://", evil)
        assert "default-src 'none'" in evil

    def test_only_its_own_script_may_run(self, evil: str) -> None:
        (script,) = re.findall("<script>(.*?)</script>", evil, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in evil

    def test_what_differs_stands_side_by_side(self, sandbox: RunningSandbox) -> None:
        text = files(planned(compared(sandbox, [tag("Web servers", enabled=False)])))["html"]
        checked(text)
        assert "1 of 1 object not as in the files" in text
        assert (
            '<code class="old">enabled: <mark>true</mark></code><code class="new">enabled: <mark>false</mark>' in text
        )
        assert '<a href="#schema-1-1">builtin:sandbox.tag-rule</a>' in text
        assert 'id="schema-1-1"' in text

    def test_a_row_says_the_name_of_the_object_and_what_differs(self, sandbox: RunningSandbox) -> None:
        item = {**tag("Web servers", enabled=False, description="new"), "key": "another key"}
        text = files(planned(compared(sandbox, [item])))["html"]
        assert '<strong>Web servers</strong> <span class="properties">enabled, description</span>' in text
        assert "<code>another key</code>" in text

    def test_each_tile_leads_to_what_it_counts(self, every_kind: dict[str, Any]) -> None:
        text = files(planned(every_kind))["html"]
        targets = re.findall('<a href="#([a-z_]+)" data-only', text)
        assert targets == ["create", "update", "move", "delete", "refused", "unchanged"]
        assert [target for target in targets if text.count(f' id="{target}"') != 1] == []

    def test_what_the_server_refuses_is_a_list(self) -> None:
        violations = [{"path": f"p{number}", "message": "bad"} for number in range(7)]
        refused = update("k", {}, {}, error={"message": "Validation failed", "constraint_violations": violations})
        text = files(planned({"objects": [refused], "error": {}, "msg": "x"}))["html"]
        assert "<p>The server does not accept what the files say: Validation failed</p>" in text
        assert text.count(": bad</li>") == 7

    def test_long_stretches_of_equal_lines_are_folded(self) -> None:
        before = {**{f"p{n:02d}": n for n in range(40)}, "z": 1}
        text = files(planned({"objects": [update("k", before, {**before, "p20": "x"})]}))["html"]
        checked(text)
        assert re.findall(r"(\d+) equal lines", text) == ["17", "17"]
        assert text.count("p20: ") == 2

    def test_only_what_differs_is_marked_whatever_the_order_of_properties(self) -> None:
        before = {"delay": 99, "name": "n", "rules": [{"b": 1, "a": 1}, {"b": 2}, {"c": 3}], "extra": None}
        after = {"name": "n", "rules": [{"a": 1, "b": 1}, {"b": 2}], "delay": 15}
        made = files(planned({"objects": [update("k", before, after)]}))
        assert re.findall("^[+-].*", made["md"], re.MULTILINE) == [
            "-  - c: 3",
            "-delay: 99",
            "-extra: null",
            "+delay: 15",
        ]

    def test_secrets(self, sandbox: RunningSandbox) -> None:
        value = {"name": "r", "url": "https://r.example.com", "token": SECRET}
        item = {"key": "r", "schema_id": REMOTE, "value": value}
        missing = planned(compared(sandbox, [item]))
        sandbox.run("settings_objects", objects=[item])
        value["url"] = "https://elsewhere.example.com"
        changed = planned(compared(sandbox, [{**item, "value": value}]))
        unlisted = planned(compared(sandbox, [], prune={"schema_ids": [REMOTE], "allow_empty": True}))
        for document in (missing, changed, unlisted):
            assert document["outcome"] == "changes"
            assert SECRET not in str(document) + str(files_of_plan(document))

    def test_thousands_of_differences_are_folded_and_take_no_time(self) -> None:
        text = files(planned({"objects": [update(str(n), {"a": 1}, {"a": 2}) for n in range(5000)]}))["html"]
        assert '<details class="object" open>' not in text
        assert text.count('<details class="object"') == 5000


class TestMarkdown:
    def test_what_changes_most_comes_first(self) -> None:
        one = [update("x", {"a": 1}, {"a": 2}, schema_id="few")]
        many = [update(str(n), {"a": 1}, {"a": 2}, schema_id="many") for n in range(3)]
        text = files(planned({"objects": one + many}, "plan"))["md"]
        assert "| `many` | 3 to update |\n| `few` | 1 to update |" in text
        assert text.index("#### `many`") < text.index("#### `few`")
        assert "<details><summary>to update: <code>x</code> <code>a</code></summary>" in text
        assert "-a: 1\n+a: 2\n```" in text

    @pytest.mark.parametrize("text", ["x" * 300, "ж" * 300, "🦊" * 100])
    def test_it_fits_a_pull_request(self, text: str) -> None:
        rows = [update(f"{n} {text}", {"a": text}, {"a": n}, schema_id=f"s{n % 90}") for n in range(1000)]
        made = files(planned({"objects": rows}, "plan"))["md"]
        assert LIMIT * 0.9 < len(made.encode()) <= LIMIT
        assert "1000 of 1000 objects would change" in made
        assert "`plan.html` has all of it" in made
        assert made.count("<details>") == made.count("</details>")
        assert made.count("```") % 2 == 0

    def test_texts_of_others_are_no_markup_and_notify_nobody(self) -> None:
        evil = "@team #1 |`` ``` <b>*x*</b>\n# title [a](javascript:1)"
        row = update(evil, {"a": evil}, {"a": "````"}, schema_id=evil, external_id=evil)
        refused = {**row, "error": {"message": evil, "constraint_violations": []}}
        made = files(plan_document({evil: {"objects": [row, refused]}, "b": {"msg": evil}}, "drift"))["md"]
        outside = re.sub(r"(?ms)^(`{3,})diff$.*?^\1$", "", made)
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
        outside = re.sub("<code>.*?</code>", "", outside)
        assert "<b>" not in outside
        assert not re.search(r"@\w|#\d|(?<!\\)\[a|\n# title", outside)


class TestJunit:
    def test_a_case_for_each_object(self, every_kind: dict[str, Any]) -> None:
        (suite,) = ElementTree.fromstring(files(planned(every_kind))["xml"])
        assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("prod", "6", "5")
        kinds = {case.get("name"): [(part.tag, part.get("type")) for part in case] for case in suite}
        assert kinds["Web servers"] == [("failure", "update")]
        assert kinds["X-Forwarded-For"] == []
        first = suite[0][0].get("message")
        assert first == "different: description"
        assert suite[0].get("classname") == TAG
        assert suite[0].get("file") == "settings/tags.yml"

    def test_to_a_plan_only_what_cannot_be_applied_is_a_failure(self, every_kind: dict[str, Any]) -> None:
        (suite,) = ElementTree.fromstring(files(planned(every_kind, "plan"))["xml"])
        assert (suite.get("failures"), suite.get("errors")) == ("1", "0")
        assert suite[0][0].tag == "system-out"

    def test_what_xml_cannot_hold(self) -> None:
        evil = "\x00\x1b[31m]]>&<\ufffe\ud800"
        row = update(evil, {}, {"a": 1}, schema_id=evil, scope=evil)
        refused = {**row, "error": {"message": evil, "constraint_violations": []}}
        text = files(plan_document({evil: {"objects": [row, refused]}}, "drift"))["xml"]
        assert "]]>&<" in str(ElementTree.fromstring(text)[0][0].get("name"))


def test_null_stands_for_what_is_not_there() -> None:
    refused = {"key": "a", "error": {"message": "no", "constraint_violations": None}, "unresolved": None, "diff": None}
    result = {"objects": [refused], "pruned": None, "errors": {"b": "value.name must be a text"}, "error_files": None}
    (environment,) = planned({**result, "error": {"constraint_violations": None}})["environments"]

    assert [(row["key"], row["status"], row["file"]) for row in environment["objects"]] == [
        ("a", "refused", None),
        ("b", "wrong", None),
    ]
    assert planned({"objects": None, "errors": None})["environments"][0]["objects"] == []
