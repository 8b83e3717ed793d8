# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX, as far as the playbooks for it see it: actions that write down what they are called with, and what AWX makes of it.

The options are those that the modules of awx.awx 24.6.1 declare, and those of ansible.controller are the same.
An option that does not exist, or a value that does not fit, fails here as it does there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2.sandbox

from tests.tools.environment import compiled_once
from tests.tools.setup import COLLECTIONS


def _typed(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_PRESENT = {"type": "str", "choices": ["present", "absent", "exists"], "default": "present"}
_NOTIFICATIONS = {f"notification_templates_{when}": "list" for when in ("started", "success", "error")}
_ASKED = _typed(
    "bool",
    "scm_branch diff_mode variables limit tags skip_tags job_type verbosity inventory credential execution_environment forks "
    "instance_groups job_slice_count labels timeout",
)
# Option to type, or to a part of an argument spec.
OPTIONS: dict[str, dict[str, Any]] = {
    "credential_type": {
        "name": {"required": True},
        "description": "str",
        "kind": {"choices": ["ssh", "vault", "net", "scm", "cloud", "insights"]},
        "inputs": "dict",
        "injectors": "dict",
        "new_name": "str",
        "state": _PRESENT,
    },
    "credential": {
        "name": {"required": True},
        "new_name": "str",
        "copy_from": "str",
        "description": "str",
        "organization": "str",
        "credential_type": {"required": True},
        "inputs": {"type": "dict", "no_log": True},
        "update_secrets": {"type": "bool", "default": True, "no_log": False},
        "user": "str",
        "team": "str",
        "state": _PRESENT,
    },
    "project": {
        **_typed("str", "new_name copy_from description scm_url local_path scm_branch scm_refspec credential"),
        **_typed("str", "default_environment organization signature_validation_credential custom_virtualenv"),
        **_typed("bool", "scm_clean scm_delete_on_update scm_track_submodules scm_update_on_launch"),
        **_typed("bool", "allow_override update_project"),
        **_typed("int", "scm_update_cache_timeout timeout"),
        **_NOTIFICATIONS,
        "name": {"required": True},
        "scm_type": {"choices": ["manual", "git", "svn", "insights", "archive"]},
        "wait": {"type": "bool", "default": True},
        "interval": "float",
        "state": _PRESENT,
    },
    "inventory": {
        **_typed("str", "new_name copy_from description host_filter"),
        "name": {"required": True},
        "organization": {"required": True},
        "variables": "dict",
        "kind": {"choices": ["", "smart", "constructed"]},
        "instance_groups": "list",
        "input_inventories": "list",
        "prevent_instance_group_fallback": "bool",
        "state": _PRESENT,
    },
    "inventory_source": {
        **_typed("str", "new_name description source_path enabled_var enabled_value host_filter limit credential"),
        **_typed("str", "execution_environment custom_virtualenv source_project scm_branch organization"),
        **_typed("bool", "overwrite overwrite_vars update_on_launch"),
        **_NOTIFICATIONS,
        "name": {"required": True},
        "inventory": {"required": True},
        "source": {
            "choices": list(
                _typed(
                    "",
                    "scm ec2 gce azure_rm vmware satellite6 openstack rhv controller insights terraform openshift_virtualization",
                )
            ),
        },
        "source_vars": "dict",
        "timeout": "int",
        "verbosity": {"type": "int", "choices": [0, 1, 2]},
        "update_cache_timeout": "int",
        "state": _PRESENT,
    },
    "job_template": {
        **_typed("str", "new_name copy_from description inventory organization project playbook credential"),
        **_typed("str", "vault_credential execution_environment custom_virtualenv limit job_tags skip_tags"),
        **_typed("str", "start_at_task host_config_key webhook_credential scm_branch"),
        **_typed("bool", "force_handlers diff_mode use_fact_cache survey_enabled become_enabled"),
        **_typed("bool", "allow_simultaneous prevent_instance_group_fallback"),
        **{f"ask_{one}_on_launch": kind for one, kind in _ASKED.items()},
        **_typed("list", "credentials instance_groups labels"),
        **_NOTIFICATIONS,
        "name": {"required": True},
        "job_type": {"choices": ["run", "check"]},
        "forks": "int",
        "verbosity": {"type": "int", "choices": [0, 1, 2, 3, 4, 5]},
        "extra_vars": "dict",
        "survey_spec": "dict",
        "timeout": "int",
        "job_slice_count": "int",
        "webhook_service": {"choices": ["github", "gitlab", ""]},
        "state": _PRESENT,
    },
    "notification_template": {
        **_typed("str", "new_name copy_from description organization"),
        "name": {"required": True},
        "notification_type": {
            "choices": list(
                _typed("", "awssns email grafana irc mattermost pagerduty rocketchat slack twilio webhook"),
            ),
        },
        "notification_configuration": "dict",
        "messages": "dict",
        "state": _PRESENT,
    },
    "workflow_job_template": {
        **_typed(
            "str",
            "new_name copy_from description organization inventory limit scm_branch webhook_credential job_tags skip_tags",
        ),
        **_typed("bool", "allow_simultaneous ask_variables_on_launch ask_inventory_on_launch ask_scm_branch_on_launch"),
        **_typed(
            "bool", "ask_limit_on_launch ask_labels_on_launch ask_tags_on_launch ask_skip_tags_on_launch survey_enabled"
        ),
        **_NOTIFICATIONS,
        **_typed("list", "notification_templates_approvals labels workflow_nodes"),
        "name": {"required": True},
        "extra_vars": "dict",
        "survey_spec": "dict",
        "webhook_service": {"choices": ["github", "gitlab"]},
        "destroy_current_nodes": "bool",
        "state": _PRESENT,
    },
    "workflow_job_template_node": {
        **_typed(
            "str", "organization inventory scm_branch job_tags skip_tags limit unified_job_template lookup_organization"
        ),
        **_typed("str", "execution_environment"),
        **_typed("bool", "diff_mode all_parents_must_converge"),
        **_typed("int", "forks job_slice_count timeout"),
        **_typed("list", "success_nodes always_nodes failure_nodes credentials instance_groups labels"),
        "identifier": {"required": True},
        "workflow_job_template": {"required": True},
        "extra_data": "dict",
        "approval_node": {
            "type": "dict",
            "options": {"name": {"required": True}, "description": {}, "timeout": {"type": "int"}},
        },
        "job_type": {"choices": ["run", "check"]},
        "verbosity": {"choices": ["0", "1", "2", "3", "4", "5"]},
        "state": _PRESENT,
    },
    "schedule": {
        **_typed("str", "rrule new_name description execution_environment inventory scm_branch job_tags"),
        **_typed("str", "skip_tags limit unified_job_template organization"),
        **_typed("int", "forks job_slice_count timeout"),
        **_typed("list", "instance_groups labels credentials"),
        **_typed("bool", "diff_mode enabled"),
        "name": {"required": True},
        "extra_data": "dict",
        "job_type": {"choices": ["run", "check"]},
        "verbosity": {"type": "int", "choices": [0, 1, 2, 3, 4, 5]},
        "state": _PRESENT,
    },
}
# An action plugin, since it takes milliseconds where a module takes half a second. It shows what a module would show of its call.
_ACTION = """
import json
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        spec = json.loads({spec!r})
        dummy, given = self.validate_argument_spec(spec)
        given = {{name: value for name, value in given.items() if value is not None}}
        with open({record!r}, "a", encoding="utf-8") as file:
            file.write(json.dumps([{name!r}, given]) + "\\n")
        shown = {{name: value for name, value in given.items() if not spec[name].get("no_log")}}
        return {{"changed": True, "invocation": {{"module_args": shown}}}}
"""


@dataclass(frozen=True)
class Call:
    module: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Controller:
    """``folder`` holds a collection of these actions, and what they were called with."""

    folder: Path
    collection: str

    @property
    def record(self) -> Path:
        return self.folder / "record"

    def install(self) -> None:
        actions = self.folder.joinpath("ansible_collections", *self.collection.split("."), "plugins", "action")
        actions.mkdir(parents=True)
        for name, options in OPTIONS.items():
            spec = {option: {"type": one} if isinstance(one, str) else one for option, one in options.items()}
            text = _ACTION.format(spec=json.dumps(spec), record=str(self.record), name=name)
            (actions / f"{name}.py").write_text(text, encoding="utf-8")

    def set_up(self, variables: Mapping[str, Any]) -> tuple[list[Call], str]:
        """What they were called with by our playbook, in order, and what Ansible printed at the highest verbosity."""
        file = self.folder / "variables.json"
        file.write_text(json.dumps({"awx_modules": self.collection, **variables}), encoding="utf-8")
        playbook = "community.dynatrace.awx.controller"
        command = [Path(sys.executable).with_name("ansible-playbook"), "-vvv", playbook, "-e", f"@{file}"]
        done = subprocess.run(
            list(map(str, command)),
            env=environment(self.folder),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        lines = self.record.read_text(encoding="utf-8").splitlines()
        return [Call(*json.loads(line)) for line in lines], done.stdout + done.stderr


def environment(*collections: Path) -> dict[str, str]:
    """Ours, with more collections in sight, and with nobody's Dynatrace. Importing Ansible for one program alone does not pay."""
    path = os.pathsep.join(map(str, [COLLECTIONS, *collections]))
    return {**compiled_once(), "ANSIBLE_COLLECTIONS_PATH": path, "ANSIBLE_NOCOLOR": "1", "WARM": ""}


def injected(credential_type: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """The environment that AWX makes of a credential: each injector is a template, in which a field not filled in is empty."""
    fields = {one["id"] for one in credential_type["inputs"]["fields"]}
    assert set(inputs) <= fields
    assert set(credential_type["inputs"]["required"]) <= set(inputs)
    jinja = jinja2.sandbox.ImmutableSandboxedEnvironment()
    return {
        name: jinja.from_string(template).render(inputs)
        for name, template in credential_type["injectors"]["env"].items()
    }


def slices(hosts: Sequence[str], count: int) -> list[list[str]]:
    """How AWX deals hosts out to the jobs of a sliced one: sorted by name, one after the other."""
    return [sorted(hosts)[number::count] for number in range(count)]
