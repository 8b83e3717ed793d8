# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook for AWX sets up there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options
from ansible_collections.community.dynatrace.plugins.module_utils._credentials import VARIABLES

from tests.unit.awx.controller import OPTIONS, Call, Controller, injected

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "playbooks" / "awx"
PROJECT = FOLDER / "project"
HOMES = ("awx.awx", "ansible.controller")
SECRET = "dt0c01.AWX.AWXSECRET"
FENCE = {"schema_ids": ["builtin:sandbox.note"], "external_id_prefix": "team/"}
VARIABLES_GIVEN = {
    "awx_project_url": "https://git.example.com/dynatrace.git",
    "awx_credential_inputs": {"environment_url": "https://abc12345.live.dynatrace.com", "api_token": SECRET},
    "awx_more_credentials": ["Vault of the team"],
    "awx_settings_prune": FENCE,
    "awx_slices": 3,
    "awx_notification_type": "slack",
    "awx_notification_configuration": {"channels": ["ops"], "token": "hush-AWX-slack"},
}
pytestmark = pytest.mark.timeout(240)  # ansible-playbook, with a dozen of modules each time
# What can delete, in any of the roles and modules.
DELETES = re.compile(r"prune|keep_versions|state: absent|delete")


@pytest.fixture(scope="module", params=HOMES)
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Call], str]:
    controller = Controller(tmp_path_factory.mktemp("controller"), request.param)
    controller.install()
    return controller.set_up(VARIABLES_GIVEN)


@pytest.fixture
def calls(said: tuple[list[Call], str]) -> list[Call]:
    return said[0]


def of(calls: list[Call], module: str) -> list[Mapping[str, Any]]:
    return [one.given for one in calls if one.module == module]


def test_both_homes_of_the_modules_get_the_same() -> None:
    one, other = ((FOLDER / "tasks" / f"{home}.yml").read_text(encoding="utf-8") for home in HOMES)
    place = "PLACE"
    assert one.replace(HOMES[1], place).replace(HOMES[0], place) == other.replace(HOMES[0], place).replace(
        HOMES[1], place
    )
    assert f"  {HOMES[0]}.job_template:" in one
    assert f"  {HOMES[1]}.job_template:" in other


def test_ansible_lint_knows_the_modules() -> None:
    mocked = yaml.safe_load((ROOT / ".ansible-lint").read_text(encoding="utf-8"))["mock_modules"]
    assert mocked == sorted(f"{home}.{module}" for home in HOMES for module in OPTIONS)


def test_everything_is_there_before_it_is_referred_to(calls: list[Call]) -> None:
    assert {one.module for one in calls} == set(OPTIONS)
    there: set[tuple[str, str]] = {("credential", one) for one in VARIABLES_GIVEN["awx_more_credentials"]}
    for call in calls:
        given = call.given
        wanted = {
            (kind, given[kind]) for kind in ("project", "inventory", "credential_type", "credential") if kind in given
        }
        wanted |= {("credential", one) for one in given.get("credentials", [])}
        wanted |= {("project", given["source_project"])} if "source_project" in given else set()
        wanted |= {("job_template", given["unified_job_template"])} if "unified_job_template" in given else set()
        for event in ("error", "approvals"):
            wanted |= {("notification_template", one) for one in given.get(f"notification_templates_{event}", [])}
        if call.module == "workflow_job_template_node":
            wanted.add(("workflow_job_template", given["workflow_job_template"]))
            wanted |= {("workflow_job_template_node", one) for one in given["success_nodes"]}
        assert wanted <= there, call
        there.add((call.module, given.get("name") or given["identifier"]))


def test_the_credential_is_not_printed(said: tuple[list[Call], str]) -> None:
    calls, printed = said
    assert of(calls, "credential")[0]["inputs"]["api_token"] == SECRET
    assert SECRET not in printed
    assert SECRET.rsplit(".", 1)[1] not in printed
    assert of(calls, "notification_template")[0]["notification_configuration"]["token"] == "hush-AWX-slack"
    assert "hush-AWX-slack" not in printed


class TestCredentialType:
    @pytest.fixture
    def given(self, calls: list[Call]) -> Mapping[str, Any]:
        return of(calls, "credential_type")[0]

    def test_the_variables_are_those_of_the_collection(self, given: Mapping[str, Any]) -> None:
        known = {names[0] for names in VARIABLES.values()}
        known |= {one["fallback"][1][0] for one in common_options().values() if "fallback" in one}
        injectors = given["injectors"]["env"]
        assert set(injectors) <= known
        # Whatever is needed to get in.
        assert {names[0] for names in VARIABLES.values()} <= set(injectors)
        assert {"DYNATRACE_ENV_URL", "DYNATRACE_TOKEN_URL", "DYNATRACE_ACCOUNT_URN"} <= set(injectors)

    def test_each_field_is_injected_once(self, given: Mapping[str, Any]) -> None:
        fields = [one["id"] for one in given["inputs"]["fields"]]
        used = [name for one in given["injectors"]["env"].values() for name in re.findall(r"\{\{ (\w+) \}\}", one)]
        assert sorted(used) == sorted(fields)

    def test_what_is_secret_is_kept_as_a_secret(self, given: Mapping[str, Any]) -> None:
        secret = {one["id"] for one in given["inputs"]["fields"] if one.get("secret")}
        assert secret == {"api_token", "platform_token", "client_secret"}
        assert not [one for one in given["inputs"]["fields"] if one["type"] == "boolean"]

    def test_a_field_that_is_not_filled_in_is_empty(self, given: Mapping[str, Any]) -> None:
        made = injected(given, {"environment_url": "https://x", "api_token": "t"})
        assert {name for name, value in made.items() if value} == {"DYNATRACE_ENV_URL", "DYNATRACE_API_TOKEN"}


class TestJobTemplates:
    def test_each_playbook_is_in_the_project(self, calls: list[Call]) -> None:
        templates = of(calls, "job_template")
        assert {one["playbook"] for one in templates} == {one.name for one in PROJECT.glob("*_*.yml")}
        for one in templates:
            assert one["credentials"] == ["Dynatrace", "Vault of the team"]

    def test_each_answer_of_a_survey_is_a_variable_that_is_used(self, calls: list[Call]) -> None:
        for template in of(calls, "job_template"):
            options = variables_of(template["playbook"])
            survey = template.get("survey_spec", {"spec": []})["spec"]
            names = [one["variable"] for one in survey]
            # AWX takes no survey without a question.
            assert bool(names) == template["survey_enabled"] == ("survey_spec" in template)
            assert len(set(names)) == len(names)
            for question in survey:
                option = options[question["variable"]]
                assert {"question_name", "question_description", "type", "required", "default"} <= set(question)
                if question["type"] == "multiplechoice":
                    assert question["default"] in question["choices"]
                    allowed = {"bool": ["false", "true"]}.get(option["type"], option.get("choices"))
                    assert allowed is None or question["choices"] == allowed
                else:
                    assert question["type"] in ("text", "integer", "textarea")
                # AWX gives "" for what is not answered, which is nothing that a role expects.
                assert question["required"]
            required = {name for name, one in options.items() if one.get("required")}
            is_alone = not any(name.endswith("_expect_plan") for name in template["extra_vars"])
            assert required <= {*names, *template["extra_vars"]} or not is_alone
            assert set(template["extra_vars"]) <= set(options)
            assert not set(template["extra_vars"]) & set(names)

    def test_nothing_that_deletes_runs_in_slices(self, calls: list[Call]) -> None:
        templates = of(calls, "job_template")
        sliced = [one for one in templates if one["job_slice_count"] > 1 or one["ask_job_slice_count_on_launch"]]
        fleets = [one for one in templates if one["playbook"] == "activegate_rollout.yml"]
        assert [one["job_slice_count"] for one in sliced] == [VARIABLES_GIVEN["awx_slices"]]
        for one in sliced:
            assert not DELETES.search(str(one["extra_vars"]) + str(one["survey_spec"]))
            assert not DELETES.search((PROJECT / one["playbook"]).read_text(encoding="utf-8"))
            assert not [name for name in variables_of(one["playbook"]) if DELETES.search(name)]
        deleting = [one for one in templates if any(map(DELETES.search, variables_of(one["playbook"])))]
        assert len(deleting) == len(templates) - len(fleets)
        pruning = [one for one in templates if DELETES.search(str(one["extra_vars"]))]
        assert [one["playbook"] for one in pruning] == [
            "settings_apply.yml",
            "settings_plan.yml",
            "settings_apply.yml",
            "settings_drift.yml",
        ]
        assert all(FENCE in one["extra_vars"].values() for one in pruning)
        assert not [one for one in templates if one["allow_simultaneous"]]

    def test_drift_is_looked_for_on_schedule(self, calls: list[Call]) -> None:
        (schedule,) = of(calls, "schedule")
        (template,) = [one for one in of(calls, "job_template") if one["playbook"] == "settings_drift.yml"]
        assert schedule["unified_job_template"] == template["name"]
        assert re.fullmatch(r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=\w+;INTERVAL=\d+", schedule["rrule"])
        assert template["extra_vars"]["settings_drift_fail"] is True
        # A schedule can only start what asks for nothing that has no default.
        assert all(one["default"] for one in template["survey_spec"]["spec"])


class TestWorkflow:
    @pytest.fixture
    def nodes(self, calls: list[Call]) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """By workflow and identifier."""
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        for given in of(calls, "workflow_job_template_node"):
            found.setdefault(given["workflow_job_template"], {})[given["identifier"]] = given
        return found

    @pytest.mark.parametrize(
        ("name", "playbooks"),
        [
            ("settings", ("settings_plan.yml", "settings_apply.yml")),
            ("extension", ("extension_rollout.yml", "extension_rollout.yml")),
            ("ActiveGates", ("activegate_rollout.yml", "activegate_rollout.yml")),
        ],
    )
    def test_what_is_approved_is_what_was_planned(
        self, calls: list[Call], nodes: Mapping[str, Any], name: str, playbooks: tuple[str, str]
    ) -> None:
        own = nodes[f"Dynatrace {name}"]
        assert {name: one["success_nodes"] for name, one in own.items()} == {
            "plan": ["approve"],
            "approve": ["apply"],
            "apply": [],
        }
        templates = {one["name"]: one for one in of(calls, "job_template")}
        plan, apply = (templates[own[name]["unified_job_template"]] for name in ("plan", "apply"))
        assert (plan["playbook"], apply["playbook"]) == playbooks
        # The first one writes nothing, the second one nothing but that.
        assert plan["job_type"] == "check" or plan["playbook"] == "settings_plan.yml"
        role = playbooks[1].removesuffix(".yml")
        statistic = f"{playbooks[0].removesuffix('.yml').removesuffix('_plan')}_plan_digest"
        assert apply["extra_vars"][f"{role}_expect_plan"] == f"{{{{ {statistic} }}}}"
        assert (apply["job_type"], apply["survey_enabled"], apply["job_slice_count"]) == ("run", False, 1)
        assert own["approve"]["approval_node"]["timeout"] == 0
        # What is asked is asked once, and all that the second one needs.
        workflow = next(one for one in of(calls, "workflow_job_template") if one["name"] == f"Dynatrace {name}")
        assert workflow["survey_spec"]["spec"] == plan["survey_spec"]["spec"]
        asked = {question["variable"] for question in workflow["survey_spec"]["spec"]}
        required = {name for name, option in variables_of(apply["playbook"]).items() if option.get("required")}
        assert required <= {*asked, *apply["extra_vars"]}

    def test_the_plan_of_settings_has_what_is_applied(self, calls: list[Call]) -> None:
        templates = {one["name"].removeprefix("Dynatrace "): one["extra_vars"] for one in of(calls, "job_template")}
        plan, apply = templates["settings plan"], templates["settings apply approved"]
        assert apply["settings_apply_path"] == "{{ settings_plan_path }}"
        assert plan["settings_plan_prune"] == apply["settings_apply_prune"] == FENCE

    def test_a_branch_that_is_asked_for_is_that_of_all_its_jobs(
        self, calls: list[Call], nodes: Mapping[str, Any]
    ) -> None:
        """And so is a limit."""
        (project,) = of(calls, "project")
        templates = {one["name"]: one for one in of(calls, "job_template")}
        assert project["allow_override"]
        assert project["scm_update_cache_timeout"] == 60
        for workflow in of(calls, "workflow_job_template"):
            for node in ("plan", "apply"):
                template = templates[nodes[workflow["name"]][node]["unified_job_template"]]
                for question in ("ask_scm_branch_on_launch", "ask_limit_on_launch"):
                    assert workflow[question] == template[question]

    def test_a_limit_is_asked_for_where_hosts_are_things(self, calls: list[Call]) -> None:
        limited = [one["playbook"] for one in of(calls, "job_template") if one["ask_limit_on_launch"]]
        assert set(limited) == {"activegate_rollout.yml"}


class TestNotifications:
    def test_drift_failures_and_what_waits_are_told(self, calls: list[Call]) -> None:
        told = {
            one["name"].removeprefix("Dynatrace "): one["notification_templates_error"]
            for one in of(calls, "job_template")
        }
        assert told == {
            "settings apply": [],
            "settings plan": [],
            "settings apply approved": ["Dynatrace failed rollout"],
            "settings drift": ["Dynatrace drift"],
            "extension rollout": ["Dynatrace failed rollout"],
            "extension plan": [],
            "extension rollout approved": ["Dynatrace failed rollout"],
            "ActiveGate rollout": ["Dynatrace failed rollout"],
            "ActiveGate plan": [],
            "ActiveGate rollout approved": ["Dynatrace failed rollout"],
        }
        waiting = [one["notification_templates_approvals"] for one in of(calls, "workflow_job_template")]
        assert waiting == [["Dynatrace approval"]] * 3

    def test_messages_are_templates_of_awx_and_bodies_are_json(self, calls: list[Call]) -> None:
        fields = {
            "job": {"name": "Drift", "id": 7},
            "url": "https://awx/7",
            "approval_node_name": "a",
            "workflow_url": "u",
        }
        for given in of(calls, "notification_template"):
            events = {**given["messages"], **given["messages"].get("workflow_approval", {})}
            events.pop("workflow_approval", None)
            for event in events.values():
                message, body = (jinja2.Template(event[part], undefined=jinja2.StrictUndefined) for part in event)
                assert "\n" not in message.render(fields)
                assert json.loads(body.render(fields))["event"]

    def test_without_a_type_nobody_is_told(self, tmp_path: Path) -> None:
        controller = Controller(tmp_path, "awx.awx")
        controller.install()
        calls, _printed = controller.set_up({**VARIABLES_GIVEN, "awx_notification_type": ""})
        assert not of(calls, "notification_template")
        assert not [one for one in calls if any(name.startswith("notification_templates") for name in one.given)]


def variables_of(playbook: str) -> dict[str, Any]:
    """The variables of the role that a playbook of the project runs, described as in its argument spec."""
    (play,) = yaml.safe_load((PROJECT / playbook).read_text(encoding="utf-8"))
    name = play["roles"][0]["role"].rsplit(".", 1)[1]
    # It is what the collection's own playbook of that name does.
    *_checks, own = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
    assert {**play, "name": ""} == {**own, "name": ""}
    text = (ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["argument_specs"]["main"]["options"])


def test_the_variables_are_described() -> None:
    (play,) = yaml.safe_load((FOLDER / "controller.yml").read_text(encoding="utf-8"))
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    described = set(
        re.findall(r"`(awx_\w+)`", "".join(line for line in text.splitlines() if line.startswith("| `awx_")))
    )
    used = {
        name for file in FOLDER.rglob("*.yml") for name in re.findall(r"\bawx_\w+", file.read_text(encoding="utf-8"))
    }
    lists = {"awx_credential_type", "awx_job_templates", "awx_notifications", "awx_workflows"}
    assert described == used - lists == {*play["vars"], "awx_project_url"}
    for playbook in PROJECT.glob("*_*.yml"):
        assert f"`{playbook.name}`" in text


def test_the_inventory_source_is_a_file_of_the_plugin() -> None:
    text = (FOLDER / "tasks" / "awx.awx.yml").read_text(encoding="utf-8")
    (path,) = re.findall(r"source_path: (\S+)", text)
    assert yaml.safe_load((PROJECT / path).read_text(encoding="utf-8"))["plugin"] == "community.dynatrace.activegates"


@pytest.mark.parametrize(
    "wrong", [{"awx_modules": "community.awx"}, {"awx_slices": 0}], ids=lambda one: next(iter(one))
)
def test_what_is_wrong_is_said(wrong: Mapping[str, Any], tmp_path: Path) -> None:
    controller = Controller(tmp_path, "awx.awx")
    controller.install()
    with pytest.raises(AssertionError, match="awx_modules must be"):
        controller.set_up({**VARIABLES_GIVEN, **wrong})
    assert not controller.record.exists()


def test_injectors_are_templates_for_awx_only() -> None:
    """Ansible leaves them as they are, and AWX can read them with nothing but the fields."""
    text = (FOLDER / "vars" / "credential_type.yml").read_text(encoding="utf-8")
    templates = re.findall(r"(!unsafe )?\"(\{\{ \w+ \}\})\"", text)
    assert templates
    assert all(unsafe for unsafe, dummy in templates)
    for dummy, template in templates:
        jinja2.Environment(autoescape=True).parse(template)
