# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects in the format that Monaco documents, written for these tests, and what becomes of them."""

from __future__ import annotations

import base64
import json
import posixpath
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco import Wanted, external_id, migrated
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_classic import SCHEMAS
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_project import Coordinate
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError

from tests.support.sandbox import RunningSandbox
from tests.support.settings_files import objects_of

NOTE = "builtin:sandbox.note"
MANIFEST = """
manifestVersion: "1.0"
projects:
  - name: base
  - name: apps
    type: grouping
    path: applications
environmentGroups:
  - name: testing
    environments:
      - {name: dev, url: {type: environment, value: DEV_URL}, auth: {token: {name: DEV_TOKEN}}}
  - name: live
    environments:
      - {name: east, url: {value: https://east.example.com}, auth: {token: {name: EAST_TOKEN}}}
      - {name: west, url: {value: https://west.example.com}, auth: {token: {name: WEST_TOKEN}}}
"""
SMALL = "{manifestVersion: '1.0', projects: [{name: p}], environmentGroups: [{name: g, environments: [{name: e}]}]}"


class Files:
    """A source whose files are texts by path."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def text(self, path: str) -> str:
        if path not in self._files:
            raise MonacoError(f"{path} does not exist")
        return self._files[path]

    def yaml_files(self, folder: str) -> list[str]:
        self.folders(folder)
        inside = "" if folder == "." else f"{folder}/"
        return [path for path in self._files if path.startswith(inside) and path.endswith((".yaml", ".yml"))]

    def folders(self, folder: str) -> list[str]:
        if folder != "." and not any(path.startswith(f"{folder}/") for path in self._files):
            raise MonacoError(f"the folder {folder} does not exist")
        inner = (posixpath.relpath(path, folder) for path in self._files if path.startswith(f"{folder}/"))
        return sorted({path.split("/")[0] for path in inner if "/" in path})


def one(
    template: str, parameters: Any = None, files: dict[str, str] | None = None, extra: Any = None, **wanted: Any
) -> dict[str, Any]:
    """What becomes of a project with a single config."""
    entry = {
        "id": "one",
        "config": {"template": "t.json", "parameters": parameters or {}, **(extra or {})},
        "type": {"settings": {"schema": NOTE, "scope": "environment"}},
    }
    given = {
        "manifest.yaml": SMALL,
        "p/x/c.yaml": json.dumps({"configs": [entry]}, ensure_ascii=False),
        "p/x/t.json": template,
    }
    return migrated(Files({**given, **(files or {})}), "manifest.yaml", Wanted(**wanted))


def value_of(result: dict[str, Any]) -> Any:
    assert result["files"], result["report"]
    return result["files"][0]["content"]["objects"][0]["value"]


def left_out(result: dict[str, Any]) -> dict[str, str]:
    return {entry["config"]: entry["message"] for entry in result["report"] if entry["level"] == "left_out"}


def notes(result: dict[str, Any]) -> str:
    return "\n".join(entry["message"] for entry in result["report"] if entry["level"] == "note")


UNSET = {"type": "environment", "name": "V"}
COMPOUND = {"type": "compound", "format": "{{ .x }}", "references": ["x"]}


class TestParameters:
    @pytest.mark.parametrize(
        ("template", "parameters", "value"),
        [
            ('{"a": "{{ .t }}"}', {"t": 'quote " and\nline <b>'}, {"a": 'quote " and\nline <b>'}),
            ('{"a": {{ .n }}, "b": {{ .y }}, "c": {{ .f }}}', {"n": 5, "y": True, "f": 0.5}, {"a": 5, "b": True, "c": 0.5}),
            ('{"a": "{{ .f }} {{ .y }}"}', {"f": 2.0, "y": False}, {"a": "2 false"}),
            ('{"a": "{{ .v }}"}', {"v": {"type": "value", "value": "x"}}, {"a": "x"}),
            ('{"a": "{{ .v.b.c }}"}', {"v": {"type": "value", "value": {"b": {"c": 'q<'}}}}, {"a": "q<"}),
            # Monaco escapes no text that is in a map.
            ('{"a": "{{ .v.b }}"}', {"v": {"type": "value", "value": {"b": '\\"q\\n'}}}, {"a": '"q\n'}),
            ('{"a": "{{ .c }}"}', {"c": {"type": "compound", "format": "{{ .x.y }}", "references": ["x"]},
                                  "x": {"type": "value", "value": {"y": 'q"'}}}, {"a": 'q"'}),
            ('{"a": {{ .l }}}', {"l": {"type": "list", "values": ["x", {"type": "value", "value": 'q"'}]}}, {"a": ["x", 'q"']}),
            ('{"a": {{ .l }}}', {"l": {"type": "list", "values": []}}, {"a": []}),
            (
                '{"a": "{{ .c }}"}',
                {"c": {"type": "compound", "format": "{{ .x }}-{{ .y }}", "references": ["x", "y"]}, "x": "1", "y": 2},
                {"a": "1-2"},
            ),
            # Monaco escapes what goes through a compound parameter twice.
            ('{"a": "{{ .c }}"}', {"c": {"type": "compound", "format": "{{ .x }}", "references": ["x"]}, "x": 'q"'}, {"a": 'q\\"'}),
            ('{"a": "{{ .r }}"}', {"r": ["x"], "x": "own"}, {"a": "own"}),
            ('{"a": "{{ .r }}"}', {"r": {"type": "reference", "property": "x.y"}, "x": {"type": "value", "value": {"y": 1}}}, {"a": "1"}),
            ('{"a": "{{ .name }} {{ .scope }}"}', {}, {"a": "The name environment"}),
            ('{"a": "{{ .f }}"}', {"f": {"type": "file", "path": "query.txt"}, "x": "env"}, {"a": 'fetch "env"\nlimit 1'}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "V", "default": "by default"}}, {"a": "by default"}),
            ('{"a": "{{ .d }}", "b": {{ .d }}}', {"d": {"type": "environment", "name": "SET"}}, {"a": "7", "b": 7}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "V"}}, {"a": {"$secret": "V"}}),
            ('{"a": ["\\"", "{{ .d }}"]}', {"d": {"type": "environment", "name": "V"}}, {"a": ['"', {"$secret": "V"}]}),
            ('{"a": {{ .x }}, "b": "{{ .x }}"}', {"x": {"type": "value", "value": [1]}}, {"a": [1], "b": "[1]"}),
            ('{"a": {{ .x }}, "b": "{{ .x }}"}', {"x": 1e6}, {"a": 1000000, "b": "1e+06"}),
            ('{"a": "{{ .x }}"}', {"x": {"type": "value", "value": {"b": 1, "a": True}}}, {"a": "map[a:true b:1]"}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "V", "default": 1.50}}, {"a": "1.5"}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "BOOL"}}, {"a": "true"}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "EMPTY", "default": "no"}}, {"a": ""}),
            ('{"a": "{{ .d }}"}', {"d": {"type": "environment", "name": "NULL", "default": "yes"}}, {"a": "yes"}),
        ],
    )  # fmt: skip
    def test_values(self, template: str, parameters: dict[str, Any], value: Any) -> None:
        files = {"p/x/query.txt": 'fetch "{{ .x }}"\nlimit 1'}
        variables = {"SET": 7, "BOOL": True, "EMPTY": "", "NULL": None}
        result = one(template, parameters, files, {"name": "The name"}, variables=variables)
        assert value_of(result) == value
        assert left_out(result) == {}

    @pytest.mark.parametrize(
        ("template", "parameters", "said"),
        [
            ('{"a": "{{ .x }}"}', {}, "p:builtin:sandbox.note:one has no parameter x"),
            ('{"a": {{ .x }}}', {"x": UNSET}, "p/x/t.json: the environment variable V has no value, and stands where JSON has no text"),
            ('{"a": {{ .c }}}', {"c": COMPOUND, "x": UNSET}, "the environment variable V has no value, and stands where JSON has no text"),
            ('{"a": [{{ if .x }}1{{ end }}]}', {"x": UNSET}, "p/x/t.json: it depends on the environment variable V, which"),
            ('{"a": "{{ .c }}"}', {"c": {**COMPOUND, "format": '{{ if eq .x "a" }}1{{ end }}'}, "x": UNSET},
             "its compound parameter c: it depends on the environment variable V, which"),
            ('{"a": "{{ .x }}"}', {"x": {**UNSET, "default": None}}, "the default of the environment variable V is null"),
            ('{"a": {{ .x }}}', {"x": {"type": "value", "value": ["a"]}}, "p/x/t.json: the template is not JSON"),
            ('{"a": "{{ .x.y }}"}', {"x": {"type": "value", "value": {"y": 'q"'}}}, "p/x/t.json: the template is not JSON"),
            ('{"a": {{ .x }}}', {"x": {"type": "list", "values": ["a", 1]}}, "its parameter x lists an integer, and Monaco takes only"),
            ('{"a": {{ .x }}}', {"x": {"type": "list", "values": [{"value": True}]}}, "its parameter x lists a bool"),
            ('{"a": {{ .x }}}', {"x": {"type": "list", "values": "a"}}, "the values of its parameter x are not a list"),
            ('{"a": "{{ .c }}"}', {"c": {**COMPOUND, "format": "{{{ .x }}}"}, "x": 1}, "its compound parameter c: line 1: it cannot read"),
            ('{"a": "{{ .c }}"}', {"c": {**COMPOUND, "references": "x"}}, "the references of its parameter c are not a list"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "reference", "project": "p", "property": "y"}}, "has project, and no configType"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "reference", "configType": "t", "property": "y"}}, "has configType, and no configId"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "file", "path": "t.json", "escape": "no"}}, "escape of its parameter x is neither"),
            ('{"a": "{{ if .x }}"}', {"x": 1}, "p/x/t.json: line 1: if has no end"),
            ('{"a": "{{ .x }}"}', {"x": ["id"]}, "it refers to its own id"),
            ('{"a": {{ .x }}}', {"x": "text"}, "not JSON once its parameters are put in (line 1"),
            ("[]", {}, "not a JSON object"),
            ('{"a": {{ .x }}}', {"x": {"type": "value", "value": None}}, "the parameter x has no value"),
            ('{"a": {{ .x }}}', {"x": {"type": "magic"}}, "unknown type magic"),
            ('{"a": "{{ .x }}"}', {"x": ["x"]}, "refers to itself"),
            ('{"a": "{{ .x }}"}', {"x": ["1", "2", "3", "4", "5"]}, "a reference of 5 parts"),
            ('{"a": "{{ .x }}"}', {"x": ["other", "id"]}, "refers to p:builtin:sandbox.note:other:id, which is in none"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "reference"}}, "x has no property"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "compound", "format": "{{ .y }}", "references": []}, "y": 1}, "does not list y"),
            ('{"{{ .x }}": 1}', {"x": {"type": "environment", "name": "V"}}, "name of a property"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "file", "path": "no.txt"}}, "p/x/t.json: line 1: p/x/no.txt does not exist"),
            ('{"a": "{{ .x.y }}"}', {"x": {"type": "value", "value": {}}}, "the parameter x has no y"),
            ("{}", {"id": 1}, "a name that Monaco keeps for itself"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_converted(self, template: str, parameters: dict[str, Any], said: str) -> None:
        result = one(template, parameters)
        assert result["files"] == []
        assert said in " ".join(left_out(result).values())

    @pytest.mark.parametrize(
        ("template", "parameters", "value"),
        [
            ('{"a": "on {{ .x }}!"}', {"x": UNSET}, {"$join": ["on ", {"$secret": "V"}, "!"]}),
            ('{"a": "{{ .x }}{{ .x }}"}', {"x": UNSET}, {"$join": [{"$secret": "V"}, {"$secret": "V"}]}),
            ('{"a": "\\"{{ .c }}\\n"}', {"x": UNSET, "c": COMPOUND}, {"$join": ['"', {"$secret": "V"}, "\n"]}),
            ('{"a": "{{ .x }}"}', {"x": UNSET}, {"$secret": "V"}),
        ],
    )
    def test_a_secret_in_a_longer_text_is_never_written_down(self, template: str, parameters: Any, value: Any) -> None:
        result = one(template, parameters)
        assert value_of(result) == {"a": value}
        assert result["secrets"] == ["V"]

    def test_a_default_and_a_variable_are_told(self) -> None:
        variable = {"type": "environment", "name": "V"}
        assert "V is replaced by its default" in notes(one('{"a": "{{ .d }}"}', {"d": {**variable, "default": "x"}}))
        assert one('{"a": "{{ .d }}"}', {"d": variable})["secrets"] == ["V"]

    def test_what_is_left_out_has_no_notes_beside(self) -> None:
        default = {"type": "environment", "name": "V", "default": "x"}
        report = one('{"a": "{{ .d }}{{ .nobody }}"}', {"d": default})["report"]
        assert [entry["level"] for entry in report] == ["left_out"]

    @pytest.mark.parametrize(
        ("skip", "is_there"),
        [(True, False), ("false", True), (1, False), ("F", True), ({"type": "environment", "name": "S"}, False)],
    )
    def test_skip(self, skip: Any, is_there: bool) -> None:
        result = one("{}", extra={"skip": skip}, variables={"S": "True"})
        assert bool(result["files"]) is is_there
        assert [entry["level"] for entry in result["report"]] == ([] if is_there else ["skipped"])

    def test_a_skip_that_is_not_known(self) -> None:
        assert "its skip depends on the environment variable S" in str(
            left_out(one("{}", extra={"skip": {"type": "environment", "name": "S"}}))
        )
        for skip in ("perhaps", "yes", "tRUE", "", 2):
            assert "neither true nor false" in str(left_out(one("{}", extra={"skip": skip})))
        assert "its skip is of the type compound" in str(left_out(one("{}", extra={"skip": {"type": "compound"}})))
        assert "its skip is of the type reference" in str(left_out(one("{}", extra={"skip": ["a"]})))


class TestCharactersArePreserved:
    """Wherever a text goes through a template, also twice."""

    @pytest.mark.parametrize(
        "text",
        [
            "<b>",
            "a && b",
            "x > 1 < 2",
            "\\u003c",
            "{{ x }}",
            "{{{",
            "é\xa0ü",
            "\U0001f600",
        ],
    )
    def test_in_compounds_of_compounds_and_files(self, text: str) -> None:
        again = {"type": "compound", "format": "{{ .x }}", "references": ["x"]}
        parameters = {
            "x": text,
            "v": {"type": "value", "value": {"in": {"side": text}}},
            "e": {"type": "environment", "name": "E"},
            "d": {"type": "environment", "name": "D", "default": text},
            "l": {"type": "list", "values": [text]},
            "c": again,
            "f": {"type": "file", "path": "f.txt", "references": ["x"]},
            "r": ["x"],
            "n": ["name"],
        }
        template = """{"x": "{{ .x }}", "v": "{{ .v.in.side }}", "e": "{{ .e }}", "d": "{{ .d }}", "l": {{ .l }}, "c": "{{ .c }}",
            "f": "{{ .f }}", "r": "{{ .r }}", "n": "{{ .n }}", "i": "{{ if .x }}{{ .x }}{{ end }}"}"""
        value = value_of(one(template, parameters, {"p/x/f.txt": "{{ .x }}"}, {"name": text}, variables={"E": text}))
        twice = text.replace("\\", "\\\\")
        in_map = json.loads(f'"{text}"')
        assert value == {
            **dict.fromkeys("xedrni", text), "v": in_map, "l": [text], "c": twice, "f": twice,
        }  # fmt: skip

    def test_what_is_escaped_twice_is_so_for_monaco_too(self) -> None:
        deeper = {"type": "compound", "format": "{{ .c }}", "references": ["c"]}
        parameters = {"x": 'a"b\n', "c": {"type": "compound", "format": "{{ .x }}", "references": ["x"]}, "d": deeper}
        value = value_of(one('{"x": "{{ .x }}", "c": "{{ .c }}", "d": "{{ .d }}"}', parameters))
        assert value == {"x": 'a"b\n', "c": 'a\\"b\\n', "d": 'a\\\\\\"b\\\\n'}

    def test_files(self) -> None:
        files = {"p/x/f.json": '{"q": "<{{ .x }}>"}\n', "p/x/q.dql": 'fetch logs | filter a >= 1 and b == "x"\n'}
        parameters = {
            "x": "&",
            "raw": {"type": "file", "path": "f.json", "escape": False, "references": ["x"]},
            "text": {"type": "file", "path": "./f.json", "references": ["x"]},
            "rooted": {"type": "file", "path": "/q.dql"},
            "query": {"type": "file", "path": "sub\\\\..\\\\q.dql".replace("\\\\", "\\"), "escape": True},
        }
        template = '{"raw": {{ .raw }}, "text": "{{ .text }}", "query": "{{ .query }}", "rooted": "{{ .rooted }}"}'
        value = value_of(one(template, parameters, files))
        query = files["p/x/q.dql"]
        assert value == {"raw": {"q": "<&>"}, "text": '{"q": "<&>"}\n', "query": query, "rooted": query}


class TestLogic:
    def test_what_is_known_is_evaluated(self) -> None:
        template = """{
            "tags": [{{ range $i, $tag := .tags }}{{ if $i }},{{ end }}"{{ $tag }}"{{ end }}],
            {{- if eq .stage "live" }} "level": "high", {{ else if eq .stage "test" }} "level": "low", {{ end }}
            "first": "{{ index .tags 0 }}", "many": {{ if gt (len .tags) 1 }}true{{ else }}false{{ end }},
            {{ with .owner }}"owner": "{{ .name }}",{{ end }}
            "limits": { {{ $first := true }}{{ range $name, $limit := .limits }}{{ if not $first }},{{ end }}{{ $first = false }}
                "{{ $name }}": {{ $limit }}{{ end }} },
            "zone": "{{ .zone }}"
        }"""
        parameters = {
            "tags": {"type": "value", "value": ["a", "b"]},
            "stage": {"type": "environment", "name": "STAGE"},
            "owner": {"type": "value", "value": {"name": "<me>"}},
            "limits": {"type": "value", "value": {"z": 1, "a": 2.5}},
            "zone": ["other", "id"],
        }
        other = {"p/o.yaml": configs(settings("other", template="x/e.json")), "p/x/e.json": "{}"}
        result = one(template, parameters, other, variables={"STAGE": "live"})
        values = {item["key"]: item["value"] for item in result["files"][0]["content"]["objects"]}
        assert values[f"p:{NOTE}:one"] == {
            "tags": ["a", "b"],
            "level": "high",
            "first": "a",
            "many": True,
            "owner": "<me>",
            "limits": {"a": 2.5, "z": 1},
            "zone": {"$ref": f"p:{NOTE}:other"},
        }

    @pytest.mark.parametrize(
        ("template", "said"),
        [
            ('{"a": "{{ if .zone }}x{{ end }}"}', f"p/x/t.json: it depends on the id of p:{NOTE}:other, which is known only when"),
            ('{"a": "{{ with .secret }}{{ . }}{{ end }}"}', "p/x/t.json: it depends on the environment variable TOKEN, which is known"),
            ('{"a": {{ if eq .secret "x" }}1{{ else }}2{{ end }}}', "it depends on the environment variable TOKEN"),
            ('{"a": {{ .zone }}}', f"the id of p:{NOTE}:other has no value, and stands where JSON has no text"),
        ],
    )  # fmt: skip
    def test_what_depends_on_the_run_that_applies_it(self, template: str, said: str) -> None:
        parameters = {"zone": ["other", "id"], "secret": {"type": "environment", "name": "TOKEN"}}
        other = {"p/o.yaml": configs(settings("other", template="x/e.json")), "p/x/e.json": "{}"}
        assert said in left_out(one(template, parameters, other))[f"p:{NOTE}:one"]

    def test_chains_that_are_too_long(self) -> None:
        chain = {
            f"x{n}": {"type": "compound", "format": f"{{{{ .x{n + 1} }}}}", "references": [f"x{n + 1}"]}
            for n in range(500)
        }
        result = one('{"a": "{{ .x0 }}"}', {**chain, "x500": "end"})
        assert left_out(result) == {f"p:{NOTE}:one": "its parameters and templates are nested too deeply"}


def test_external_ids_are_those_of_monaco() -> None:
    coordinate = Coordinate("project", "builtin:tags", "id")
    encoded = base64.b64encode(b"project$builtin:tags$id").decode()
    assert external_id(coordinate) == f"monaco:{encoded}"
    assert external_id(coordinate, is_legacy=True) == "monaco:" + base64.b64encode(b"builtin:tags$id").decode()
    long = external_id(Coordinate("p" * 400, "builtin:tags", "id"))
    whole = base64.b64encode(b"p" * 400 + b"$builtin:tags$id").decode()
    assert long == "monaco:" + whole[493:]


def configs(*entries: dict[str, Any]) -> str:
    return json.dumps({"configs": list(entries)})


def settings(
    name: str, schema: str = NOTE, template: str = "t.json", scope: Any = "environment", **more: Any
) -> dict[str, Any]:
    kind = {
        "schema": schema,
        "scope": scope,
        **{key: more.pop(key) for key in ("insertAfter", "permissions", "schemaVersion") if key in more},
    }
    config = {"template": template, **{key: more.pop(key) for key in ("parameters", "originObjectId") if key in more}}
    return {"id": name, "config": config, "type": {"settings": kind}, **more}


class TestProjects:
    files = {  # noqa: RUF012
        "manifest.yaml": MANIFEST,
        "base/zone/config.yaml": configs(
            settings(
                "zone",
                parameters={"text": "all"},
                groupOverrides=[{"group": "live", "override": {"parameters": {"text": "live"}}}],
                environmentOverrides=[
                    {"environment": "west", "override": {"parameters": {"text": "west"}, "skip": True}},
                    {"environment": "dev", "override": {"template": "other.json"}},
                ],
            )
        ),
        "base/zone/t.json": '{"text": "{{ .text }}"}',
        "base/zone/other.json": '{"text": "other {{ .text }}"}',
        "base/delete.yaml": "delete: [{type: builtin:x, id: y}]",
        "applications/shop/a.yml": configs(
            settings("a", parameters={"zone": ["base", NOTE, "zone", "text"], "id": None})
            | {"config": {"template": "t.json", "parameters": {"zone": ["base", NOTE, "zone", "text"]}}}
        ),
        "applications/shop/t.json": '{"text": "shop in {{ .zone }}"}',
        "applications/desk/a.yml": configs(settings("a", parameters={"zone": ["base", NOTE, "zone", "id"]})),
        "applications/desk/t.json": '{"text": "{{ .zone }}"}',
    }

    def migrated(self, environment: str | None, *projects: str) -> dict[str, Any]:
        return migrated(Files(self.files), "manifest.yaml", Wanted([environment] if environment else [], projects))

    def test_overrides_and_grouping_projects(self) -> None:
        for environment, text in (("dev", "other all"), ("east", "live")):
            objects = self.migrated(environment)["files"][0]["content"]["objects"]
            values = {item["key"]: item["value"]["text"] for item in objects}
            inner = "all" if environment == "dev" else "live"
            assert values == {
                f"base:{NOTE}:zone": text,
                f"apps.desk:{NOTE}:a": {"$ref": f"base:{NOTE}:zone"},
                f"apps.shop:{NOTE}:a": f"shop in {inner}",
            }
            assert objects[0]["external_id"] == external_id(Coordinate("base", NOTE, "zone"))

    def test_what_refers_to_something_skipped_is_skipped_as_monaco_does(self) -> None:
        """By its id or a parameter, used or not, directly or not."""
        files = {
            **self.files,
            "applications/desk/b.yml": configs(settings("b", template="e.json", parameters={"unused": ["a", "scope"]})),
            "applications/desk/e.json": "{}",
        }
        result = migrated(Files(files), "manifest.yaml", Wanted(["west"]))
        assert result["files"] == []
        skipped = {entry["config"]: entry["message"] for entry in result["report"] if entry["level"] == "skipped"}
        too = "it is skipped by Monaco too"
        assert skipped == {
            f"base:{NOTE}:zone": too,
            f"apps.desk:{NOTE}:a": f"{too}, since it refers to base:{NOTE}:zone",
            f"apps.desk:{NOTE}:b": f"{too}, since it refers to apps.desk:{NOTE}:a",
            f"apps.shop:{NOTE}:a": f"{too}, since it refers to base:{NOTE}:zone",
        }

    def test_projects_can_be_chosen(self) -> None:
        result = self.migrated("east", "apps.shop")
        assert [item["key"] for item in result["files"][0]["content"]["objects"]] == [f"apps.shop:{NOTE}:a"]
        assert result["report"] == []
        assert len(self.migrated("east", "apps", "base")["files"][0]["content"]["objects"]) == 3

    def test_several_environments_have_one_set_of_files(self) -> None:
        result = self.migrated(None)
        zone, desk, shop = result["files"][0]["content"]["objects"]
        assert [environment["name"] for environment in result["environments"]] == ["dev", "east", "west"]
        assert zone["value"] == {"text": {"$value": f"base:{NOTE}:zone/text"}}
        assert shop["value"] == {"text": {"$join": ["shop in ", {"$value": "zone"}]}}
        dev, east, west = result["environments"]
        assert dev["values"] == {f"base:{NOTE}:zone/text": "other all", "zone": "all"}
        assert east["values"] == {f"base:{NOTE}:zone/text": "live", "zone": "live"}
        assert west["values"] == {}
        assert (dev["files"], east["files"]) == ([], [])
        skipped = [{"key": item["key"], "skip": True} for item in (zone, desk, shop)]
        assert west["files"] == [{"name": result["files"][0]["name"], "content": {"objects": skipped}}]
        messages = {entry["config"]: entry["message"] for entry in result["report"]}
        assert messages[zone["key"]] == "in west: it is skipped by Monaco too"
        assert messages["base/delete.yaml"].startswith("what it names is not converted")
        assert result["counts"] == {"converted": 3, "left_out": 1, "skipped": 3, "note": 0}

    @pytest.mark.parametrize("names", [("dev", "east", "west"), ("west", "dev"), ("east",)])
    def test_each_is_what_it_is_alone(self, names: tuple[str, ...]) -> None:
        together = migrated(Files(self.files), "manifest.yaml", Wanted(names))
        own = {environment["name"]: environment for environment in together["environments"]}
        for name in names:
            alone = self.migrated(name)
            environment = own.get(name, {"files": [], "values": {}})
            layered = objects_of(together["files"], environment["files"], values=environment["values"])
            values = [
                {item["key"]: {**item, "file": ""} for item in items} for items in (layered, objects_of(alone["files"]))
            ]
            assert values[0] == values[1]
        assert set(own) == (set(names) if len(names) > 1 else set())

    def test_an_environment_whose_name_no_file_can_have(self) -> None:
        files = {**self.files, "manifest.yaml": MANIFEST.replace("name: dev", "name: a/b")}
        assert migrated(Files(files), "manifest.yaml", Wanted(["a/b"]))["files"]
        with pytest.raises(MonacoError, match="the environment a/b cannot be converted beside others"):
            migrated(Files(files), "manifest.yaml", Wanted())

    def test_delete_files_are_told(self) -> None:
        files = {**self.files, "delete.yaml": "delete: []"}
        result = migrated(Files(files), "manifest.yaml", Wanted(["east"]))
        assert "let Monaco delete it" in left_out(result)["base/delete.yaml"]
        assert [entry["level"] for entry in result["report"] if entry["file"] == "delete.yaml"] == ["note"]

    @pytest.mark.parametrize(
        ("environment", "projects", "said"),
        [
            ("north", (), "no environment north; it has dev, east, west"),
            ("east", ("nothing",), "no project nothing; it has base, apps.desk, apps.shop"),
        ],
    )
    def test_what_the_manifest_does_not_have(
        self, environment: str | None, projects: tuple[str, ...], said: str
    ) -> None:
        with pytest.raises(MonacoError, match=said):
            self.migrated(environment, *projects)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[]", "a list where Monaco expects a map"),
            ("", "the manifest lists no projects"),
            ("configs: []", "line 1: Monaco knows no configs there, only manifestVersion, projects"),
            ("{projects: [{name: p}], environments: [{group: g}]}", "line 1: Monaco knows no environments there"),
            ("{projects: [{name: p}], environmentGroups: [{name: g, enviroments: []}]}", "knows no enviroments there"),
            ("{projects: [{name: p, folder: full}]}", "Monaco knows no folder there, only name, type, path"),
            ("projects:", "the manifest lists no projects"),
            ("projects: []", "the manifest lists no projects"),
            ("projects: a", "a single value where Monaco expects a list"),
            ("{projects: [{path: x}]}", "the manifest has a project without a name"),
            ("{projects: [{name: p}, {name: p}]}", "the manifest has the project p twice"),
            ("{projects: [{name: p, name: q}]}", "the key name is given twice"),
            ("{projects: [{name: p, type: other}]}", "the project p of the manifest has the unknown type other"),
            ("{projects: [], environmentGroups: [{name: g, environments: [{name: e}, {name: e}]}]}", "the environment e twice"),
            ("{projects: [], environmentGroups: [{name: g, environments: [{url: u}]}]}", "an environment without a name"),
            ("{projects: [", "it is not YAML"),
            ("{projects: [{name: p}]}", "the project p cannot be read: the folder p does not exist"),
            ("{projects: [{name: p, path: no/where}]}", "the project p cannot be read: the folder no/where does not exist"),
            ("{projects: [{name: g, type: grouping}]}", "the project g cannot be read: the folder g does not exist"),
            ("{projects: [{name: g, type: grouping, path: full}]}", "grouping project, and the folder full holds no folders"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_with_a_manifest(self, text: str, said: str) -> None:
        files = {"manifest.yaml": text, "full/c.yaml": "configs: []", "full/.git/c.yaml": "configs: []"}
        with pytest.raises(MonacoError) as caught:
            migrated(Files(files), "manifest.yaml", Wanted())
        assert said in str(caught.value)
        assert str(caught.value).count("does not exist") <= 1

    def test_what_is_wrong_with_a_project_that_is_not_asked_for_does_not_matter(self) -> None:
        manifest = "{projects: [{name: p}, {name: gone}, {name: g, type: grouping}, {name: empty}]}"
        files = {"manifest.yaml": manifest, "p/c.yaml": configs(settings("a")), "p/t.json": "{}", "empty/README.md": ""}
        result = migrated(Files(files), "manifest.yaml", Wanted(projects=["p"]))
        assert (result["counts"]["converted"], result["report"]) == (1, [])
        with pytest.raises(MonacoError, match="the project g cannot be read"):
            migrated(Files(files), "manifest.yaml", Wanted(projects=["p", "g"]))

    @pytest.mark.parametrize("content", [None, "", "configs: []", "configs:", "# nothing"])
    def test_a_project_without_configs(self, content: str | None) -> None:
        files = {"manifest.yaml": SMALL, "p/README.md": "", **({} if content is None else {"p/c.yaml": content})}
        result = migrated(Files(files), "manifest.yaml", Wanted())
        message = "the folder p of this project holds no configs"
        assert result["report"] == [{"level": "left_out", "config": "p", "file": "p", "message": message}]

    def test_folders_that_begin_with_a_dot(self) -> None:
        kept = configs(settings("a"))
        files = {
            "manifest.yaml": "{manifestVersion: 1.0, projects: [{name: p, path: .}, {name: h, path: x/.hidden}]}",
            "c.yaml": kept,
            ".c.yaml": configs(settings("b")),
            "x/y/c.yaml": configs(settings("d")),
            ".github/workflows/c.yaml": "on: push",
            "x/.hidden/c.yaml": configs(settings("c")),
            "x/.git/y/c.yaml": "{",
            "t.json": "{}",
            "x/y/t.json": "{}",
        }
        result = migrated(Files(files), "manifest.yaml", Wanted())
        assert [item["key"] for item in result["files"][0]["content"]["objects"]] == [
            f"p:{NOTE}:{name}" for name in "abd"
        ]
        assert left_out(result) == {"h": "the folder x/.hidden of this project holds no configs"}


def project(*entries: dict[str, Any], **files: str) -> dict[str, Any]:
    given = {"manifest.yaml": SMALL, "p/c.yaml": configs(*entries), "p/t.json": '{"text": "x"}'}
    return migrated(
        Files({**given, **{f"p/{name}.json": text for name, text in files.items()}}), "manifest.yaml", Wanted()
    )


class TestSeveralEnvironments:
    """Lists, numbers, texts, secrets, skips and a condition of a template that differ."""

    HOOK = (
        '{"name": "{{.name}}", "url": "https://{{.domain}}:{{.port}}/in?d={{.domain}}", "auth": "Bearer {{.token}}", '
        '"recipients": {{.mails}}, "enabled": {{.enabled}}, "port": {{.port}}{{ if eq .stage "prod" }}, "extra": {"a": 1}{{end}}}'
    )
    CONFIGS = """
    configs:
      - id: hook
        type: {settings: {schema: s:hook, scope: environment}}
        config:
          name: {type: compound, format: "Hook {{ .stage }}", references: [stage]}
          template: hook.json
          parameters:
            stage: dev
            domain: dev.example.com
            port: 8080
            mails: {type: list, values: [a@x]}
            token: {type: environment, name: HOOK}
            enabled: false
        groupOverrides:
          - group: live
            override:
              parameters:
                stage: prod
                domain: example.com
                port: 443
                enabled: true
                mails: {type: list, values: [b@x, c@x]}
                token: {type: environment, name: LIVE}
        environmentOverrides:
          - {environment: west, override: {parameters: {domain: west.example.com}}}
      - id: window
        type: {settings: {schema: s:window, scope: environment}}
        config: {template: window.json, parameters: {hook: [s:hook, hook, id], limit: 5}}
        environmentOverrides:
          - {environment: west, override: {skip: true}}
          - {environment: east, override: {parameters: {limit: 50}}}
    """

    def migrated(self, *names: str) -> dict[str, Any]:
        files = {
            "manifest.yaml": MANIFEST,
            "base/c.yaml": self.CONFIGS,
            "base/hook.json": self.HOOK,
            "base/window.json": '{"hook": "{{.hook}}", "rules": [{"limit": {{.limit}}}, {"x": 1}]}',
        }
        return migrated(Files(files), "manifest.yaml", Wanted(names, ["base"]))

    def test_what_they_share_and_what_not(self) -> None:
        result = self.migrated()
        ((hook,), (window,)) = [file["content"]["objects"] for file in result["files"]]
        domain, port = {"$value": "domain"}, {"$value": "port"}
        assert hook["value"] == {
            "name": {"$join": ["Hook ", {"$value": "stage"}]},
            "url": {"$join": ["https://", domain, ":", port, "/in?d=", domain]},
            "auth": {"$value": "base:s:hook:hook/auth"},
            "recipients": {"$value": "mails"},
            "enabled": {"$value": "enabled"},
            "port": port,
        }
        assert window["value"] == {
            "hook": {"$ref": "base:s:hook:hook"},
            "rules": [{"limit": {"$value": "limit"}}, {"x": 1}],
        }
        west = result["environments"][2]
        assert west["values"] == {
            "base:s:hook:hook/auth": {"$join": ["Bearer ", {"$secret": "LIVE"}]},
            "domain": "west.example.com",
            "enabled": True,
            "mails": ["b@x", "c@x"],
            "port": 443,
            "stage": "prod",
        }
        assert [file["content"]["objects"] for file in west["files"]] == [
            [{"key": "base:s:hook:hook", "value": {"extra": {"a": 1}}}],
            [{"key": "base:s:window:window", "skip": True}],
        ]
        assert result["secrets"] == ["HOOK", "LIVE"]

    @pytest.mark.parametrize("name", ["dev", "east", "west"])
    def test_each_is_what_it_is_alone(self, name: str) -> None:
        together, alone = self.migrated(), self.migrated(name)
        (own,) = [environment for environment in together["environments"] if environment["name"] == name]
        secrets = {"HOOK": "hush", "LIVE": "shh"}
        layered = objects_of(together["files"], own["files"], values=own["values"], secrets=secrets, missing="fail")
        assert [{**item, "file": ""} for item in layered] == [
            {**item, "file": ""} for item in objects_of(alone["files"], secrets=secrets, missing="fail")
        ]


class TestConfigs:
    def test_other_kinds_are_told(self) -> None:
        def entry(kind: Any) -> dict[str, Any]:
            return {"id": f"i{kind}", "type": kind, "config": {"name": "n", "template": "t.json"}}

        kinds: list[Any] = ["dashboard", {"api": "alerting-profile"}, {"api": {"name": "key-user-actions-mobile", "scope": "x"}},
                            {"automation": {"resource": "workflow"}}, {"document": {"kind": "dashboard"}}, "bucket", "slo-v2",
                            {"openpipeline": {"kind": "logs"}}, {}, None]  # fmt: skip
        result = project(*map(entry, kinds))
        assert len(left_out(result)) == len(kinds)
        assert "p:workflow:i" in str(left_out(result))
        assert result["files"] == []

    def test_what_is_no_config(self) -> None:
        for text in ("config: []", "just: this", "- a", "users: []", "configs: [{}]", "configs: [1]"):
            result = migrated(Files({"manifest.yaml": SMALL, "p/c.yaml": text}), "manifest.yaml", Wanted())
            assert len(left_out(result)) == 1, text
        assert project(settings("a"), settings("a"))["report"][0]["message"].startswith("another config")

    def test_schemas_scopes_and_ids(self) -> None:
        result = project(
            settings("a", scope="HOST-1", originObjectId="origin", schemaVersion="1.2"),
            settings(
                "b", schema="builtin:x", scope={"type": "value", "value": "HOST-2"}, permissions={"allUsers": "read"}
            ),
            settings("c", scope={"type": "environment", "name": "HOST"}),
            settings("d", scope=["a", "id"]),
            {"id": "e", "config": {"template": "t.json"}, "type": {"settings": {"schema": NOTE}}},
        )
        first, second = result["files"]
        assert (first["name"], second["name"]) == ("builtin_sandbox.note.yml", "builtin_x.yml")
        assert (first["content"]["schema_id"], first["content"]["value_mode"]) == (NOTE, "replace")
        (item,) = first["content"]["objects"]
        assert (item["scope"], item["object_id"]) == ("HOST-1", "origin")
        assert second["content"]["objects"][0]["scope"] == "HOST-2"
        assert "its scope depends on the environment variable HOST" in left_out(result)[f"p:{NOTE}:c"]
        assert "its scope depends on the id of" in left_out(result)[f"p:{NOTE}:d"]
        assert "its type has no scope" in left_out(result)[f"p:{NOTE}:e"]
        assert "permissions are not converted" in notes(result)
        assert "schemaVersion of 1 config " in notes(result)

    def test_ids_that_only_the_environment_knows(self) -> None:
        zone = settings("z", schema="builtin:management-zones")
        entries = (zone, settings("a", template="r.json", parameters={"zone": ["builtin:management-zones", "z", "id"]}))
        told = "p:builtin:management-zones:z:id"
        result = project(*entries, r='{"text": "{{ .zone }}"}')
        assert result["files"][1]["content"]["objects"][0]["value"] == {"text": {"$ref": told.removesuffix(":id")}}
        assert f"if the server refuses that, give the number in settings_from_monaco_values for {told}" in notes(result)
        for text in ('{"n": {{ .zone }}}', '{"text": "mzId({{ .zone }})"}'):
            assert "settings_from_monaco_values" in str(left_out(project(*entries, r=text)))
        files = {
            "manifest.yaml": SMALL,
            "p/c.yaml": configs(*entries),
            "p/t.json": "{}",
            "p/r.json": '{"text": "{{ .zone }}"}',
        }
        result = migrated(Files(files), "manifest.yaml", Wanted(values={told: "-123"}))
        assert result["files"][1]["content"]["objects"][0]["value"] == {"text": "-123"}

    def test_places(self) -> None:
        result = project(
            settings("last", insertAfter="back"),
            settings("d", insertAfter=["b", "id"]),
            settings("b", insertAfter={"type": "reference", "configId": "a", "property": "id"}),
            settings("c", insertAfter=["a", "id"]),
            settings("a"),
            settings("first", insertAfter="FRONT"),
            settings("second first", insertAfter="FRONT"),
            settings("own", insertAfter="an object id"),
            settings("x", insertAfter=["y", "id"]),
            settings("y", insertAfter=["x", "id"]),
            settings("z", insertAfter=["gone", "id"]),
            settings("gone", template="broken.json"),
            broken="{",
        )
        (file,) = result["files"]
        found = [
            (item["key"].split(":")[-1], item.get("position") or item.get("insert_after"))
            for item in file["content"]["objects"]
        ]
        key = f"p:{NOTE}:"
        assert found == [
            ("first", "first"),
            ("second first", None),
            ("a", None),
            ("b", f"{key}a"),
            ("d", f"{key}b"),
            ("c", f"{key}d"),
            ("own", "an object id"),
            ("z", None),
            ("last", "last"),
        ]
        assert set(left_out(result)) == {f"{key}x", f"{key}y", f"{key}gone"}
        assert "several stand directly after p:builtin:sandbox.note:a" in notes(result)
        assert "several are to be first" in notes(result)
        assert "its place is not converted" in notes(result)


def written(text: str, **more: str) -> dict[str, Any]:
    """What becomes of a config.yaml as it stands."""
    files = {"manifest.yaml": SMALL, "p/c.yaml": text, "p/t.json": '{"text": "{{ .x }}"}', "p/e.json": "{}"}
    return migrated(Files({**files, **more}), "manifest.yaml", Wanted())


class TestAsItIsWritten:
    @pytest.mark.parametrize(
        "name", ["007", "1.10", "1_000", "0x1F", "yes", "on", "n", "2026-01-01", "10:30", "1e3", ".inf", "08"]
    )
    def test_ids_are_texts(self, name: str) -> None:
        config = (
            "configs: [{id: %s, type: {settings: {schema: builtin:x, scope: environment}}, config: {template: e.json}}]"
        )
        ((item,),) = [file["content"]["objects"] for file in written(config % name)["files"]]
        assert item["key"] == f"p:builtin:x:{name}"
        assert item["external_id"] == "monaco:" + base64.b64encode(f"p$builtin:x${name}".encode()).decode()

    def test_names_of_projects_environments_and_parameters_are_texts(self) -> None:
        manifest = (
            "{manifestVersion: 1.0, projects: [{name: 007, path: p}],"
            " environmentGroups: [{name: on, environments: [{name: 1.0}, {name: no}]}]}"
        )
        config = """
            configs:
              - id: a
                type: {settings: {schema: builtin:x, scope: environment}}
                config: {template: t.json, parameters: {y: 1, 2: 2}, originObjectId: 0123}
                groupOverrides: [{group: on, override: {parameters: {y: 3}}}]
                environmentOverrides: [{environment: 1.0, override: {parameters: {2: 4}}}, {environment: no, override: {template: u.json}}]
        """
        files = {
            "manifest.yaml": manifest,
            "p/c.yaml": config,
            "p/t.json": '{"y": {{ .y }}, "two": {{ index . "2" }}}',
            "p/u.json": "{}",
        }
        for environment, value in (("1.0", {"y": 3, "two": 4}), ("no", {})):
            result = migrated(Files(files), "manifest.yaml", Wanted([environment]))
            (item,) = result["files"][0]["content"]["objects"]
            assert (item["key"], item["object_id"], item["value"]) == ("007:builtin:x:a", "0123", value)

    @pytest.mark.parametrize(
        ("given", "text"),
        [("y", "true"), ("n", "false"), ("08", "8"), ("0o17", "15"), ("1e3", "1000"), ("1e6", "1e+06"), ("1_000", "1000"), ("0x1F", "31"),
         ("1.10", "1.1"), ("2026-01-01", "2026-01-01"), ("12:30:45", "12:30:45"), ("'08'", "08"), ("[007]", "by another"), ("on", "true")],
    )  # fmt: skip
    def test_values_are_what_monaco_makes_of_them(self, given: str, text: str) -> None:
        result = written(
            "configs: [{id: a, type: {settings: {schema: builtin:x, scope: environment}},"
            f" config: {{template: t.json, parameters: {{x: {given}, '7': by another}}}}}}]"
        )
        assert value_of(result) == {"text": text}

    def test_a_reference_is_of_any_value(self) -> None:
        config = "{id: %s, type: {settings: {schema: builtin:x, scope: environment}}, config: {template: %s, parameters: {x: [%s, id]}}}"
        result = written(f"configs: [{config % ('007', 'e.json', 'a')}, {config % ('b', 't.json', '007')}]")
        assert "it refers to p:builtin:x:7:id, which is in none of the projects" in left_out(result)["p:builtin:x:b"]

    @pytest.mark.parametrize(
        ("text", "what", "said"),
        [
            ("configs: []\nconfigs: []", "p/c.yaml", "line 2: the key configs is given twice"),
            ("configs: [{id: a, id: b}]", "p:config 1", "line 1: the key id is given twice"),
            ("configs: [{id: a, type: bucket, config: {template: t, template: u}}]", "p:a", "the key template is given twice"),
            ("configs: [{id: a, type: bucket, config: {parameters: {x: 1, x: 2}}}]", "p:a", "the key x is given twice"),
            ("configs: [{id: a, type: bucket, config: {parameters: {x: {b: 1, b: 2}}}}]", "p:a", "the key b is given twice"),
            ("configs: [{id: a, type: bucket, config: {parameter: {x: 1}}}]", "p:a", "Monaco knows no parameter there, only name"),
            ("configs: [{id: a, types: bucket}]", "p:config 1", "Monaco knows no types there, only id, config, type"),
            ("configs: []\nmore: 1", "p/c.yaml", "Monaco knows no more there, only configs"),
            ("configs: [{id: a, type: bucket, config: [1]}]", "p:a", "a list where Monaco expects a map"),
            ("configs: [{id: [a], type: bucket, config: {}}]", "p:config 1", "a list where Monaco expects a single value"),
            ("configs: [{id: a, type: bucket, config: {}, groupOverrides: {group: g}}]", "p:a", "a map where Monaco expects a list"),
            ("configs: [~]", "p:config 1", "it has no id or no config"),
            ("configs: [{id: ~, config: {}}]", "p:config 1", "it has no id or no config"),
            ("configs: [{id: a, config: {}, type: ~}]", "p:a", "it has no type"),
            ("configs: [{id: a, config: {}, type: {settings: {schema: 5}}}]", "p:a", "its type has no schema"),
            ("configs: [{id: a, config: {}, type: {settings: builtin:x}}]", "p:a", "its type has no schema"),
            ("configs: [{id: a, config: {}, type: {settings: {schema: s, scope: 5}}}]", "p:s:a", "its scope must be a text, and is an"),
            ("configs: [{id: a, config: {}, type: {settings: {schema: s, scope: ''}}}]", "p:s:a", "its scope must be a text, and is empty"),
            ("configs: [{id: a, config: {}, type: {settings: {schema: s, scope: {type: list, values: [a]}}}}]", "p:s:a",
             "its scope is of the type list"),
            ("configs: [{id: a, config: {}, type: {settings: {schema: s, scope: e}}}]", "p:s:a", "it has no template"),
            ("configs: [{id: a, config: {template: no.json}, type: {settings: {schema: s, scope: e}}}]", "p:s:a", "p/no.json does not"),
        ],
    )  # fmt: skip
    def test_what_is_wrong(self, text: str, what: str, said: str) -> None:
        (entry,) = written(text)["report"]
        assert (entry["level"], entry["config"], entry["file"]) == ("left_out", what, "p/c.yaml")
        assert said in entry["message"]

    def test_further_documents(self) -> None:
        config = "configs: [{id: a, type: {settings: {schema: s, scope: e}}, config: {template: e.json}}]"
        result = written(f"{config}\n---\nconfigs: [")
        assert result["counts"] == {"converted": 1, "left_out": 0, "skipped": 0, "note": 1}
        assert "only the first of its YAML documents is read" in notes(result)

    def test_keys_below_a_type_may_have_capitals(self) -> None:
        config = "configs: [{id: a, type: {settings: {Schema: s, SCOPE: HOST-1, insertafter: front}}, config: {template: e.json}}]"
        (item,) = written(config)["files"][0]["content"]["objects"]
        assert (item["scope"], item["position"]) == ("HOST-1", "first")

    def test_merged_definitions(self) -> None:
        config = """
            configs:
              - id: a
                type: &type {settings: {schema: s, scope: e}}
                config: &config {template: t.json, parameters: {x: one}}
              - id: b
                type: *type
                config: {<<: *config, parameters: {z: 1}, name: b}
        """
        assert [item["value"] for item in written(config)["files"][0]["content"]["objects"]] == [{"text": "one"}] * 2


class TestTheReport:
    @pytest.mark.parametrize(("name", "schemas"), SCHEMAS.items())
    def test_what_replaced_a_classic_api(self, name: str, schemas: list[str]) -> None:
        for kind in (name, f"{{api: {name}}}", f"{{api: {{name: {name}, scope: x}}}}"):
            (message,) = left_out(written(f"configs: [{{id: a, type: {kind}, config: {{}}}}]")).values()
            assert message.startswith(
                f"{name} is not converted: settings of {' and '.join(schemas)} replaced it. Export"
            )

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("auto-tag", "builtin:tags.auto-tagging replaced it"),
            ("dashboard", "what goes through a classic configuration API is not converted: use community.dynatrace.api"),
            ("{document: {kind: dashboard}}", "documents are not converted"),
            ("{automation: {resource: workflow}}", "workflows, calendars and rules are not converted"),
            ("bucket", "configs of the kind bucket are not converted"),
            ("segment", "configs of the kind segment are not converted"),
            ("slo-v2", "configs of the kind slo-v2 are not converted"),
            ("{openpipeline: {kind: logs}}", "builtin:openpipeline.logs.pipelines and builtin:openpipeline.logs.routing replaced it"),
            ("{openpipeline: {}}", "configs of the kind openpipeline are not converted"),
        ],
    )  # fmt: skip
    def test_other_kinds(self, kind: str, said: str) -> None:
        (message,) = left_out(written(f"configs: [{{id: a, type: {kind}, config: {{}}}}]")).values()
        assert said in message

    def test_counts(self) -> None:
        result = project(
            settings("a", parameters={"v": {"type": "environment", "name": "V", "default": "x"}}, template="v.json"),
            settings("b", schema="app:a:b"),
            settings("c", schema="app:a_b"),
            settings("d", template="no.json"),
            settings("e") | {"config": {"template": "t.json", "skip": True}},
            v='{"v": "{{ .v }}"}',
        )
        assert result["counts"] == {"converted": 3, "left_out": 1, "skipped": 1, "note": 1}
        assert [file["name"] for file in result["files"]] == [
            "app_a_b.yml",
            "2.app_a_b.yml",
            "builtin_sandbox.note.yml",
        ]


class TestAgainstTheSandbox:
    """What Monaco has deployed is found again, what it has not is made, and a second run changes nothing."""

    def files(self) -> dict[str, str]:
        return {
            "manifest.yaml": SMALL,
            "p/rules.yaml": configs(
                settings("one", "builtin:sandbox.header-rule", "rule.json", parameters={"header": "X-One"}),
                settings("two", "builtin:sandbox.header-rule", "rule.json", parameters={"header": "X-Two"}, insertAfter="FRONT"),
            ),
            "p/plans/plan.yaml": configs(
                settings("plan", "builtin:sandbox.update-plan", "plan.json", parameters={
                    "window": ["builtin:sandbox.time-window", "night", "id"],
                    "version": {
                        "type": "reference",
                        "configType": "builtin:sandbox.time-window",
                        "configId": "night",
                        "property": "version",
                    },
                }),
                settings("night", "builtin:sandbox.time-window", "window.json", parameters={"version": "latest"}),
            ),
            "p/plans/plan.json": '{"updateMode": "WINDOWS", "targetVersion": "{{ .version }}", "windows": [{"window": "{{ .window }}"}]}',
            "p/plans/window.json": '{"name": "Night {{ .version }}"}',
            "p/rule.json": '{"headerName": "{{ .header }}", "enabled": true}',
            "p/notes.yaml": configs(settings("note", parameters={"text": 'say "hi" to {{ x }}\n'})),
            "p/t.json": '{"text": "{{ .text }}"}',
            "p/hooks.yaml": configs(
                settings("hook", "builtin:sandbox.remote-connection", "hook.json", parameters={
                    "token": {"type": "environment", "name": "HOOK_TOKEN"},
                    "url": {"type": "compound", "format": "https://{{ .host }}/in", "references": ["host"]},
                    "host": {"type": "environment", "name": "HOST", "default": "hook.example.com"},
                })
            ),
            "p/hook.json": '{"name": "hook", "scope": "INTERNAL", "url": "{{ .url }}", "token": "{{ .token }}"}',
        }  # fmt: skip

    def applied(self, sandbox: RunningSandbox, **more: Any) -> dict[str, Any]:
        result = migrated(Files(self.files()), "manifest.yaml", Wanted())
        assert left_out(result) == {}
        items = objects_of(result["files"], secrets={"HOOK_TOKEN": "hush"}, missing="fail")
        return sandbox.run("settings_objects", objects=items, **more)

    @pytest.mark.parametrize("keep_order", [True, False])
    def test_a_second_run_changes_nothing(self, sandbox: RunningSandbox, keep_order: bool) -> None:
        first = self.applied(sandbox, keep_order=keep_order)
        assert (first["summary"]["create"], first["summary"]["error"]) == (6, 0), first
        sandbox.clear()
        second = self.applied(sandbox, keep_order=keep_order)
        assert second["changed"] is False
        assert sandbox.writes == []
        rules = sandbox.run("settings_object_info", schema_ids=["builtin:sandbox.header-rule"])["objects"]
        assert rules[0]["value"]["headerName"] == "X-Two"

    @pytest.mark.parametrize(("text", "named"), [("{{ .text }}", "V"), ("to {{ .text }}", "to {V}")])
    def test_a_variable_without_a_value_in_what_is_no_secret(
        self, sandbox: RunningSandbox, text: str, named: str
    ) -> None:
        result = one(json.dumps({"text": text}), {"text": UNSET})
        failed = sandbox.run("settings_objects", objects=objects_of(result["files"]))
        assert (
            f"value.text needs a secret that is not given, {named}: the property is not a secret to the schema"
            in failed["msg"]
        )
        assert sandbox.writes == []
        made = sandbox.run(
            "settings_objects", objects=objects_of(result["files"], secrets={"V": "hush-hush"}), diff=True
        )
        assert made["summary"]["create"] == 1
        assert "hush-hush" not in json.dumps(made)

    def test_what_monaco_has_deployed_is_not_made_anew(self, sandbox: RunningSandbox) -> None:
        deployed = sandbox.run(
            "settings_object",
            schema_id=NOTE,
            external_id=external_id(Coordinate("p", NOTE, "note")),
            value={"text": "old"},
        )
        row = next(row for row in self.applied(sandbox)["objects"] if row["schema_id"] == NOTE)
        assert (row["action"], row["object_id"]) == ("update", deployed["object"]["object_id"])
        found = sandbox.run("settings_object_info", schema_ids=[NOTE])["objects"]
        assert [one["value"]["text"] for one in found if one["externalId"]] == ['say "hi" to {{ x }}\n']
