# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The action plugin of every module: it runs the module inside Ansible's own worker process where that comes to the same, and has Ansible
execute it elsewhere.

No interpreter is started then, nothing is packed or sent, and the client stays for the next items of a loop. Arguments and results pass
through the encoding that Ansible uses for modules, so that the module sees and returns the same on both ways.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._connection import Clients
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import IMPORT_ERROR
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module, Road, carried_out
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress, Tell, untold
from ansible_collections.community.dynatrace.plugins.plugin_utils._arguments import Arguments
from ansible_collections.community.dynatrace.plugins.plugin_utils._encoding import as_module_gets
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import Lines
from ansible_collections.community.dynatrace.plugins.plugin_utils._surroundings import (
    run_program,
    stopped_by_alarm,
    surroundings,
)

_SWITCH = "DYNATRACE_IN_PROCESS"
# Of this worker process, which does one task with all its items.
_CLIENTS = Clients()


class InProcessAction(NormalAction):  # type: ignore[misc]
    """The class of ``plugins/action/NAME.py`` derives from it and names its ``module``.

    ``prepare``: what only the controller can do for a task, from the checked options to those that take their place; None removes one.
    It gets the action, the options and a function that warns, and raises InputError.
    """

    module: Module
    prepare: Callable[..., Mapping[str, Any]] | None = None

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        variables = task_vars or {}
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        # As a shell would pass them on.
        texts = {str(name): str(value) for name, value in environment.items()}
        if self._runs_here(texts, variables):
            with surroundings(texts, self._loader.get_basedir()):
                return self._result(variables)
        if not self._task.async_val and self.prepare is None:
            return dict(super().run(tmp, task_vars))
        # A job that has been started reports a misspelt option only when somebody asks for it.
        with surroundings(texts, self._loader.get_basedir()):
            arguments = self._arguments(variables)
        if arguments.refusal is not None:
            return arguments.leaving(arguments.refusal)
        return self._executed(arguments, tmp, variables)

    def _executed(self, arguments: Arguments, tmp: Any, variables: dict[str, Any]) -> dict[str, Any]:
        """By Ansible, with what the controller has prepared."""
        given = self._task.args
        prepared = {**given, **arguments.prepared}
        self._task.args = {name: value for name, value in prepared.items() if value is not None}
        try:
            result = dict(super().run(tmp, variables))
        finally:
            self._task.args = given
        if arguments.prepared_warnings:
            result["warnings"] = [*result.get("warnings", ()), *arguments.prepared_warnings]
        return result

    def _runs_here(self, environment: Mapping[str, str], variables: Mapping[str, Any]) -> bool:
        """Whether running the module in this process is the same as executing it (the guide has this as a table)."""
        connection = self._connection
        conditions = (
            connection.transport == "local",
            connection.matches_name(["ansible.builtin.local"]),
            connection.become is None,
            not self._task.async_val,
            IMPORT_ERROR is None,
            _is_wanted(environment.get(_SWITCH, os.environ.get(_SWITCH, ""))),
        )
        return all(conditions) and self._is_own_interpreter(variables)

    def _is_own_interpreter(self, variables: Mapping[str, Any]) -> bool:
        """By the same rules as Ansible's, but that an interpreter which Ansible would have to look for counts as its own."""
        host = self._task.delegate_to
        own = variables["ansible_delegated_vars"][host] if host else variables
        try:
            wanted = constants.config.get_config_value("INTERPRETER_PYTHON", variables=own)
            wanted = str(self._templar.template(wanted) or "").strip()
        except AnsibleError:
            return False  # Ansible says itself what is wrong with it
        return not wanted or wanted.startswith("auto") or wanted == sys.executable

    def _result(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        arguments = self._arguments(variables)
        if arguments.refusal is not None:
            return arguments.leaving(arguments.refusal)
        road = Road(
            check_mode=bool(arguments.internal["_ansible_check_mode"]),
            with_diff=bool(arguments.internal["_ansible_diff"]),
            warn=arguments.warnings.append,
            run_program=run_program,
            clients=_CLIENTS,
            ansible_version=arguments.internal["_ansible_version"],
            report=arguments.report,
            tell=self._tell(arguments.params, variables),
        )
        _clock.start()
        with stopped_by_alarm(self._task.timeout) as alarm:
            result = carried_out(self.module, arguments.params, road)
        if alarm.has_struck:
            self._add_timeout(result)
        return arguments.leaving(arguments.report.of(result, arguments.params))

    def _arguments(self, variables: Mapping[str, Any]) -> Arguments:
        """What the module gets, checked."""
        raw = dict(self._task.args)
        self._update_module_args(self._task.action, raw, variables)
        given = as_module_gets(raw)
        internal = {f"_ansible_{name}": given.pop(f"_ansible_{name}", None) for name in PASS_VARS}
        arguments = Arguments.checked(self.module, given, internal)
        if self.prepare is not None and arguments.refusal is None:
            arguments.replace(self.prepare)
        return arguments

    def _add_timeout(self, result: dict[str, Any]) -> None:
        """The task has failed as one whose time is over, whatever was done by then. There is no other try."""
        if not result.get("failed"):
            result["msg"] = "the task was carried out, but it took longer than its time limit (timeout)"
        result.update(failed=True, timedout={"period": int(self._task.timeout)})
        self._task.until = [True]

    def _tell(self, params: Mapping[str, Any], variables: Mapping[str, Any]) -> Tell:
        if self._task.no_log or not params.get("progress", True):
            return untold
        host = str(variables.get("inventory_hostname", "localhost"))
        if self._task.delegate_to:
            host = f"{host} -> {self._task.delegate_to}"
        lines = Lines(host, self._task.run_once is True)

        def tell(progress: Progress) -> None:
            for line in lines.of(progress, _clock.now()):
                _show(line)

        return tell


def _is_wanted(text: str) -> bool:
    """By DYNATRACE_IN_PROCESS. What is not a boolean says nothing."""
    try:
        return bool(boolean(text))
    except TypeError:
        # There, requests may crash in a process that was forked.
        return sys.platform != "darwin"


def _show(line: str) -> None:
    """Beside a callback's JSON document, so that it stays one."""
    Display().display(line, stderr="json" in str(constants.DEFAULT_STDOUT_CALLBACK))
