# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The action plugin of every module that can wait: it shows how the wait goes on. Ansible finds it by the module's name.

It runs the module step by step where the task runs (see module_utils/_wait.py), and does nothing else: options, defaults, delegation,
become and check mode are Ansible's, the result and all decisions are the module's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.community.dynatrace.plugins.module_utils._wait import STEP
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import in_steps

_VARIABLE = "DYNATRACE_PROGRESS"


class StepwiseAction(NormalAction):  # type: ignore[misc]
    """As any module's action, but for what it shows on the way."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        if not self._is_shown():
            return dict(super().run(tmp, task_vars))
        # Past the normal action, which would run the module to its end.
        result: dict[str, Any] = super(NormalAction, self).run(tmp, task_vars)
        result.update(in_steps(lambda given: self._step(given, task_vars), self._show, self._title(task_vars or {})))
        return result

    def _step(self, given: Mapping[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        # A new dictionary each time: Ansible adds to it.
        return dict(self._execute_module(module_args={**self._task.args, STEP: given}, task_vars=task_vars))

    def _is_shown(self) -> bool:
        """Not what is not to be logged, and not under async, where nobody is there to look or to sleep."""
        if self._task.async_val or self._task.no_log or self._task.check_mode:
            return False
        wanted = self._task.args.get("progress")
        if wanted in (None, ""):
            environment: dict[str, Any] = {}
            self._compute_environment_string(environment)
            wanted = environment.get(_VARIABLE) or os.environ.get(_VARIABLE) or True
        try:
            return bool(boolean(wanted))
        except TypeError:
            return False  # the module says what is wrong with it

    def _title(self, task_vars: Mapping[str, Any]) -> str:
        """As callbacks name the host of a task."""
        host = str(task_vars.get("inventory_hostname", "localhost"))
        return f"{host} -> {self._task.delegate_to}" if self._task.delegate_to else host

    @staticmethod
    def _show(line: str) -> None:
        """Beside a callback's JSON document, so that it stays one."""
        Display().display(line, stderr="json" in str(constants.DEFAULT_STDOUT_CALLBACK))
