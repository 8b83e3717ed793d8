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
from ansible_collections.community.dynatrace.plugins.plugin_utils import _folder, _yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco import Wanted, external_id, migrated
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_project import Coordinate
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_template import render
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError, escaped

from tests.support.sandbox import RunningSandbox

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
            raise MonacoError(f"{path} cannot be read")
        return self._files[path]

    def data(self, path: str) -> Any:
        return _yaml.load(self.text(path))

    def yaml_files(self, folder: str) -> list[str]:
        return [path for path in self._files if path.startswith(f"{folder}/") and path.endswith((".yaml", ".yml"))]

    def folders(self, folder: str) -> list[str]:
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
    given = {"manifest.yaml": SMALL, "p/x/c.yaml": json.dumps({"configs": [entry]}), "p/x/t.json": template}
    return migrated(Files({**given, **(files or {})}), "manifest.yaml", Wanted(**wanted))


def value_of(result: dict[str, Any]) -> Any:
    assert result["files"], result["report"]
    return result["files"][0]["content"]["objects"][0]["value"]


def left_out(result: dict[str, Any]) -> dict[str, str]:
    return {entry["config"]: entry["message"] for entry in result["report"] if entry["level"] == "left_out"}


def notes(result: dict[str, Any]) -> str:
    return "\n".join(entry["message"] for entry in result["report"] if entry["level"] == "note")


class TestTemplates:
    @pytest.mark.parametrize(
        ("template", "text"),
        [
            ("a {{ .x }} b", "a X b"),
            ("{{.x}}{{ .x.y }}", "XX.y"),
            ("a {{- .x -}} b", "aXb"),
            ('{{ "{{" }} {{`}}`}} {{ `{{ .no }}` }}', "{{ }} {{ .no }}"),
            ("a{{/* a comment */}}b", "ab"),
            ('{{ index . "x-y" }}', "X-Y"),
            ("{{{ .x }}}", "{X}"),
            ("no } template {", "no } template {"),
        ],
    )
    def test_what_is_put_in(self, template: str, text: str) -> None:
        assert render(template, lambda names: ".".join([names[0].upper(), *names[1:]])) == text

    @pytest.mark.parametrize(
        "template",
        ["{{ if .x }}a{{ end }}", "{{ .x | printf }}", "{{ range .x }}", "{{ $a := 1 }}", "{{ .x", "{{ . }}", "\ue000"],
    )
    def test_logic_is_refused(self, template: str) -> None:
        with pytest.raises(MonacoError):
            render(template, lambda names: "x")

    def test_texts_are_escaped_as_go_does(self) -> None:
        assert escaped('a"b\\c\nd<e>&f\u2028é') == 'a\\"b\\\\c\\nd\\u003ce\\u003e\\u0026f\\u2028é'


class TestParameters:
    @pytest.mark.parametrize(
        ("template", "parameters", "value"),
        [
            ('{"a": "{{ .t }}"}', {"t": 'quote " and\nline <b>'}, {"a": 'quote " and\nline <b>'}),
            ('{"a": {{ .n }}, "b": {{ .y }}, "c": {{ .f }}}', {"n": 5, "y": True, "f": 0.5}, {"a": 5, "b": True, "c": 0.5}),
            ('{"a": "{{ .f }} {{ .y }}"}', {"f": 2.0, "y": False}, {"a": "2 false"}),
            ('{"a": "{{ .v }}"}', {"v": {"type": "value", "value": "x"}}, {"a": "x"}),
            ('{"a": "{{ .v.b.c }}"}', {"v": {"type": "value", "value": {"b": {"c": 'q"'}}}}, {"a": 'q"'}),
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
            (
                '{"a": {{ .d }}, "b": ["\\"", {{ .d }}]}',
                {"d": {"type": "environment", "name": "V"}},
                {"a": {"$secret": "V"}, "b": ['"', {"$secret": "V"}]},
            ),
        ],
    )  # fmt: skip
    def test_values(self, template: str, parameters: dict[str, Any], value: Any) -> None:
        files = {"p/x/query.txt": 'fetch "{{ .x }}"\nlimit 1'}
        result = one(template, parameters, files, {"name": "The name"}, variables={"SET": 7})
        assert value_of(result) == value
        assert left_out(result) == {}

    @pytest.mark.parametrize(
        ("template", "parameters", "said"),
        [
            ('{"a": "{{ .x }}"}', {}, "p:builtin:sandbox.note:one has no parameter x"),
            ('{"a": "{{ if .x }}y{{ end }}"}', {"x": True}, "logic beyond parameters: {{ if .x }}"),
            ('{"a": {{ .x }}}', {"x": "text"}, "no JSON once its parameters are put in (line 1"),
            ("[]", {}, "no JSON object"),
            ('{"a": {{ .x }}}', {"x": {"type": "value", "value": [1]}}, "the parameter x is a list or a map"),
            ('{"a": {{ .x }}}', {"x": {"type": "value", "value": None}}, "the parameter x has no value"),
            ('{"a": {{ .x }}}', {"x": {"type": "magic"}}, "unknown type magic"),
            ('{"a": "{{ .x }}"}', {"x": ["x"]}, "refers to itself"),
            ('{"a": "{{ .x }}"}', {"x": ["1", "2", "3", "4", "5"]}, "a reference of 5 parts"),
            ('{"a": "{{ .x }}"}', {"x": ["other", "id"]}, "refers to p:builtin:sandbox.note:other, which is in none"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "reference"}}, "x has no property"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "compound", "format": "{{ .y }}", "references": []}, "y": 1}, "does not list y"),
            ('{"a": "on {{ .x }}"}', {"x": {"type": "environment", "name": "V"}}, "variable V is part of a longer text"),
            ('{"{{ .x }}": 1}', {"x": {"type": "environment", "name": "V"}}, "name of a property"),
            ('{"a": "{{ .x }}"}', {"x": {"type": "file", "path": "no.txt"}}, "p/x/no.txt cannot be read"),
            ('{"a": "{{ .x.y }}"}', {"x": {"type": "value", "value": {}}}, "the parameter x has no y"),
            ("{}", {"id": 1}, "a name that Monaco keeps for itself"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_carried_over(self, template: str, parameters: dict[str, Any], said: str) -> None:
        result = one(template, parameters)
        assert result["files"] == []
        assert said in " ".join(left_out(result).values())

    def test_a_default_and_a_variable_are_told(self) -> None:
        variable = {"type": "environment", "name": "V"}
        assert "V is replaced by its default" in notes(one('{"a": "{{ .d }}"}', {"d": {**variable, "default": "x"}}))
        assert one('{"a": "{{ .d }}"}', {"d": variable})["secrets"] == ["V"]

    @pytest.mark.parametrize(
        ("skip", "is_there"), [(True, False), ("false", True), ({"type": "environment", "name": "S"}, False)]
    )
    def test_skip(self, skip: Any, is_there: bool) -> None:
        result = one("{}", extra={"skip": skip}, variables={"S": "True"})
        assert bool(result["files"]) is is_there
        assert [entry["level"] for entry in result["report"]] == ([] if is_there else ["skipped"])

    def test_a_skip_that_is_not_known(self) -> None:
        assert "its skip depends on the environment variable S" in str(
            left_out(one("{}", extra={"skip": {"type": "environment", "name": "S"}}))
        )
        assert "neither true nor false" in str(left_out(one("{}", extra={"skip": "perhaps"})))


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
        return migrated(Files(self.files), "manifest.yaml", Wanted(environment, projects))

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

    def test_what_depends_on_something_left_out_is_left_out(self) -> None:
        result = self.migrated("west")
        assert (
            "it refers to base:builtin:sandbox.note:zone, which is not carried over"
            in left_out(result)[f"apps.desk:{NOTE}:a"]
        )
        assert [item["key"] for item in result["files"][0]["content"]["objects"]] == [f"apps.shop:{NOTE}:a"]

    def test_projects_can_be_chosen(self) -> None:
        result = self.migrated("east", "apps.shop")
        assert [item["key"] for item in result["files"][0]["content"]["objects"]] == [f"apps.shop:{NOTE}:a"]
        assert result["report"] == []
        assert len(self.migrated("east", "apps", "base")["files"][0]["content"]["objects"]) == 3

    def test_delete_files_are_told(self) -> None:
        assert "what a delete file names" in left_out(self.migrated("east"))["base/delete.yaml"]

    @pytest.mark.parametrize(
        ("environment", "projects", "said"),
        [
            (None, (), "several environments, say which one: dev, east, west"),
            ("north", (), "no environment north; it has dev, east, west"),
            ("east", ("nothing",), "no project nothing; it has base, apps.desk, apps.shop"),
        ],
    )
    def test_what_the_manifest_does_not_have(
        self, environment: str | None, projects: tuple[str, ...], said: str
    ) -> None:
        with pytest.raises(MonacoError, match=said):
            self.migrated(environment, *projects)

    def test_no_manifest(self) -> None:
        for text in ("[]", "projects: a", "{projects: [{path: x}]}"):
            with pytest.raises(MonacoError):
                migrated(Files({"manifest.yaml": text}), "manifest.yaml", Wanted())


def project(*entries: dict[str, Any], **files: str) -> dict[str, Any]:
    given = {"manifest.yaml": SMALL, "p/c.yaml": configs(*entries), "p/t.json": '{"text": "x"}'}
    return migrated(
        Files({**given, **{f"p/{name}.json": text for name, text in files.items()}}), "manifest.yaml", Wanted()
    )


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
        assert "has no parameter scope" in left_out(result)[f"p:{NOTE}:e"]
        assert "permissions are not carried over" in notes(result)
        assert "schemaVersion of 1 configs" in notes(result)

    def test_ids_that_only_the_environment_knows(self) -> None:
        zone = settings("z", schema="builtin:management-zones")
        entries = (zone, settings("a", template="r.json", parameters={"zone": ["builtin:management-zones", "z", "id"]}))
        told = "p:builtin:management-zones:z:id"
        assert f"it refers to {told}, the numeric id" in str(left_out(project(*entries, r='{"text": "{{ .zone }}"}')))
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
        assert "its place is not carried over" in notes(result)


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
        contents = [(file["name"], _yaml.load(_yaml.document(file["content"]))) for file in result["files"]]
        items, unknown = _folder.filled(_folder.gathered(contents), {"HOOK_TOKEN": "hush"})
        assert unknown == []
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
