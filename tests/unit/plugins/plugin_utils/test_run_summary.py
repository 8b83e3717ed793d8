# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says on a terminal."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._run_summary import run_summary

from tests.support.sandbox import RunningSandbox

TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
WIDTH = 86


def row(key: str, action: str = "none", **more: Any) -> dict[str, Any]:
    return {"key": key, "schema_id": "s", "action": action, "reached": True, "error": None, "file": "/a/b.yml", **more}


def refused(key: str, *violations: tuple[str, str], message: str = "Validation failed", **more: Any) -> dict[str, Any]:
    listed = [{"path": path, "message": text} for path, text in violations]
    return row(key, error={"message": message, "constraint_violations": listed}, **more)


def width(line: str) -> int:
    """In columns of a terminal, as far as the tests go."""
    return sum(0 if character == "\u0301" else 2 if character in "監視" else 1 for character in line)


def lines(*rows: dict[str, Any], **more: Any) -> list[str]:
    summary: list[str] = run_summary({"objects": list(rows), "msg": "x", "error": {}, **more})["lines"]
    return summary


class TestSentence:
    def test_success_says_the_counts(self, sandbox: RunningSandbox) -> None:
        objects = [
            {"key": "new", "schema_id": TAG, "value": {"name": "new"}},
            {"key": "changed", "schema_id": TAG, "value": {"name": "Web servers", "enabled": False}},
            {"key": "same", "schema_id": TAG, "value": {"name": "Databases"}},
        ]
        summary = run_summary(sandbox.run("settings_objects", objects=objects))
        assert summary["lines"] == ["3 objects: 1 created, 1 updated, 1 unchanged."]
        assert summary["outcome"] == "changes"
        again = run_summary(sandbox.run("settings_objects", objects=objects))
        assert (again["sentence"], again["outcome"]) == ("3 objects: 3 unchanged.", "unchanged")

    def test_another_plan_than_the_expected_one(self, sandbox: RunningSandbox) -> None:
        given = {"key": "new", "schema_id": TAG, "value": {"name": "new"}}
        digest = sandbox.run("settings_objects", check=True, objects=[])["plan_digest"]
        summary = run_summary(sandbox.run("settings_objects", objects=[given], expect_plan=digest))
        assert summary["sentence"] == "Nothing was written: the plan differs from the expected one. Review a new plan."
        assert "but the expected plan does not change it" in " ".join(summary["lines"])
        assert "new" in summary["lines"][-1]
        assert summary["outcome"] == "failed"

    def test_nothing_to_do(self) -> None:
        assert run_summary({"objects": []})["sentence"] == "0 objects: 0 unchanged."

    def test_some_fail(self, sandbox: RunningSandbox) -> None:
        objects = [
            {"key": "new", "schema_id": TAG, "value": {"name": "new"}},
            *(
                {"key": f"n{n}", "schema_id": REMOTE, "value": {"name": f"n{n}", "url": f"ftp://{n}", "token": "hush"}}
                for n in (1, 2)
            ),
        ]
        result = sandbox.run("settings_objects", objects=objects, continue_on_error=True)
        assert run_summary(result) == {
            "sentence": "2 of 3 objects failed; 1 created.",
            "outcome": "failed",
            "plan_digest": None,
            "lines": [
                "2 of 3 objects failed; 1 created.",
                "",
                "2 × The URL has to begin with https://",
                "  KEY  PATH",
                "  n1   url",
                "  n2   url",
            ],
        }

    def test_what_was_not_reached_is_told(self) -> None:
        texts = lines(refused("a", ("p", "bad")), row("b", reached=False))
        assert texts[0] == "1 of 2 objects failed; 0 unchanged, 1 not reached."

    def test_wrong_before_anything_was_written(self, sandbox: RunningSandbox) -> None:
        objects = [{"key": "k", "schema_id": TAG, "file": "/a/b.yml", "value": {"name": "x", "enabled": "perhaps"}}]
        told = run_summary(sandbox.run("settings_objects", objects=objects))["lines"]
        assert told[0] == "Nothing was written: 1 object is wrong."
        assert told[-1].split() == ["b.yml", "k", "enabled"]
        assert told[2].startswith("1 × ")
        local = {"msg": "x", "error": {}, "objects": [], "errors": {"k": "value.hook.url needs a secret"}}
        assert run_summary(local)["lines"][-3:] == ["1 × needs a secret", "  KEY  PATH", "  k    hook.url"]

    @pytest.mark.parametrize(
        "result", [{"msg": "no route to host"}, {"msg": "no route to host", "error": {}, "objects": []}]
    )
    def test_a_failure_that_is_about_no_object(self, result: dict[str, Any]) -> None:
        summary = run_summary(result)
        assert (summary["sentence"], summary["outcome"]) == ("no route to host", "failed")

    def test_in_check_mode_it_speaks_as_a_plan(self, sandbox: RunningSandbox) -> None:
        objects = [{"key": "new", "schema_id": TAG, "value": {"name": "new"}}]
        result = sandbox.run("settings_objects", check=True, objects=objects)
        assert run_summary(result, "plan")["sentence"] == "Plan: 1 of 1 object would change (1 to create)."

    def test_a_view_that_there_is_not(self) -> None:
        with pytest.raises(ValueError, match="plan, drift"):
            run_summary({}, "other")


class TestTable:
    def test_equal_errors_stand_together_the_most_frequent_first(self) -> None:
        texts = lines(refused("a", ("x", "odd")), *(refused(f"k{n}", ("name", "must not be empty")) for n in range(3)))
        assert [text for text in texts if "×" in text] == ["3 × must not be empty", "1 × odd"]
        assert texts[2:5] == ["3 × must not be empty", "  FILE   KEY  PATH", "  b.yml  k0   name"]

    def test_errors_that_differ_in_what_they_quote_are_one(self) -> None:
        texts = lines(refused("a", ("p", "'x' is too long")), refused("b", ("p", "'y' is too long")))
        assert "2 × '…' is too long" in texts
        assert "1 × 'x' is too long" in lines(refused("a", ("p", "'x' is too long")))

    def test_an_object_with_several_errors_is_in_several_groups(self) -> None:
        texts = lines(refused("k", ("a", "one"), ("b", "two")))
        assert [text for text in texts if "×" in text] == ["1 × one", "1 × two"]

    def test_without_violations_the_message_says_it(self) -> None:
        assert "1 × Forbidden" in lines(refused("k", message="Forbidden"))

    def test_files_of_several_folders(self) -> None:
        texts = lines(refused("a", file="/x/base/a.yml"), refused("b", file="/x/prod/b.yml"), refused("c", file=None))
        assert [text.split() for text in texts[4:]] == [["base/a.yml", "a"], ["prod/b.yml", "b"], ["c"]]

    def test_many_rows_and_kinds_are_cut(self) -> None:
        texts = lines(
            *(refused(f"k{n}", ("", "same")) for n in range(30)),
            *(refused(f"o{n}", ("", f"kind {n}")) for n in range(40)),
        )
        assert "  and 18 more" in texts
        assert texts[-1] == "and 29 more, of 29 other kinds"
        assert len(texts) < 100

    @pytest.mark.parametrize("text", ["long-" * 60, "監視" * 60, "e\u0301" * 200, "a\nb\x1b[31m\u2028" * 30])
    def test_no_line_is_wider_than_a_terminal(self, text: str) -> None:
        texts = lines(refused(text, (text, text), file=f"/{text}.yml"), error={"unknown": [text]})
        assert max(width(line) for line in texts) <= WIDTH
        assert not [line for line in texts if "\n" in line]
        assert not [line for line in texts if line.startswith("  ") and "\x1b" in line]

    def test_the_end_of_a_long_key_is_what_is_shown(self) -> None:
        texts = lines(refused("k" * 200 + "-the-end", ("p", "bad")))
        assert texts[4].split()[1].startswith("…k")
        assert texts[4].split()[1].endswith("-the-end")

    def test_writes_that_nobody_knows_of_come_first(self) -> None:
        texts = lines(refused("k", ("p", "bad")), error={"unknown": ["object x was updated"]})
        assert texts[1:3] == [
            "It is not known whether these writes were carried out; another run finds out:",
            "  object x was updated",
        ]
