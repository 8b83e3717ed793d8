# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module of the collection as Ansible does, but without Ansible around it, on every ansible-core from 2.16.

``run_module`` starts a process (about 0.4 s), as Ansible does where it executes a module. ``run_in_process`` takes some milliseconds,
shows up in coverage, and lets a test replace parts of the module; ``run_in_action`` does the same through the module's action plugin, as
most tasks run. All give the parsed result, in which ``failed`` is true when the module failed.

    result = run_module("settings_schema_info", {"environment_url": url, "api_token": "dt0c01.X"})
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

PACKAGE = "ansible_collections.community.dynatrace.plugins.modules."
ACTIONS = "ansible_collections.community.dynatrace.plugins.action."
_OURS = ("DYNATRACE_", "DT_")
# Since 2.19, ansible-core wants to be told how the arguments are encoded; "legacy" is plain JSON.
_RUNNER = """
import runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.buffer.read(), "legacy"
runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
"""


class ModuleCrashError(AssertionError):
    """The module ended without a result: an exception that nobody caught. The text holds all that it printed."""


def run_module(
    name: str,
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> dict[str, Any]:
    """The result of the module ``name``, run in a process of its own.

    ``env`` is added to the environment of this process, less all variables that the collection itself reads. Raises
    ModuleCrashError when there is no result.
    """
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER, PACKAGE + name],
        input=_encoded(_named(name, args), check, diff),
        capture_output=True,
        env={**_clean_environment(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **(env or {})},
        timeout=timeout,
        check=False,
    )
    return _result(done.stdout.decode(), done.stderr.decode())


def run_in_process(
    name: str,
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """As run_module, in this process. An exception that the module does not catch comes out as it is."""
    return run_main(importlib.import_module(PACKAGE + name).main, _named(name, args), check, diff, env)


def run_in_action(
    name: str,
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda line: None,
    **keywords: Any,
) -> dict[str, Any]:
    """As run_in_process, by the action plugin of the module ``name``. ``tell`` gets the lines that people see of a wait.

    ``env``: the task's ``environment``. ``keywords``: other keywords of a task, such as ``no_log``, ``timeout`` or ``delegate_to``.
    """
    action = importlib.import_module(ACTIONS + name).ActionModule
    return run_action(action, f"community.dynatrace.{name}", args, check, diff, env, tell, **keywords)


def run_action(
    action: Any,
    name: str,
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda line: None,
    **keywords: Any,
) -> dict[str, Any]:
    """As run_in_action, of any class that derives from InProcessAction."""
    from ansible_collections.community.dynatrace.plugins.module_utils._connection import Clients
    from ansible_collections.community.dynatrace.plugins.plugin_utils import _in_process

    with (
        mock.patch.dict(os.environ, _clean_environment(), clear=True),
        mock.patch.object(_in_process, "_show", tell),
        contextlib.closing(Clients()) as clients,
        mock.patch.object(_in_process, "_CLIENTS", clients),
    ):
        plugin = new_action(action, name, args, environment=[dict(env or {})], check_mode=check, diff=diff, **keywords)
        result: dict[str, Any] = plugin.run(task_vars={})
    return result


def new_action(
    action: Any, name: str, args: Mapping[str, Any], variables: Mapping[str, Any] | None = None, **keywords: Any
) -> Any:
    """An action plugin as a worker process of Ansible has it, for a task on this machine. ``keywords``: of the task."""
    from ansible.parsing.dataloader import DataLoader
    from ansible.playbook.play_context import PlayContext
    from ansible.playbook.task import Task
    from ansible.plugins import loader as plugins
    from ansible.template import Templar

    loader, context = DataLoader(), PlayContext()
    loader.set_basedir(os.getcwd())
    task = Task()
    task.action, task.args = name, dict(args)
    for keyword, value in keywords.items():
        setattr(task, keyword, value)
    connection = plugins.connection_loader.get("local", context, os.devnull)
    return action(task, connection, context, loader, Templar(loader, variables=dict(variables or {})), plugins)


def run_main(
    main: Callable[[], None],
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """As run_in_process, of anything that makes an AnsibleModule and exits through it."""
    return _result(printed_by(main, args, check, diff, env), "")


def printed_by(
    main: Callable[[], None],
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, str] | None = None,
) -> str:
    """As run_main, but all that is printed, as Ansible gets it."""
    with (
        module_arguments(args, check, diff),
        mock.patch.dict(os.environ, {**_clean_environment(), **(env or {})}, clear=True),
    ):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
            main()
    return output.getvalue()


@contextlib.contextmanager
def module_arguments(args: Mapping[str, Any], check: bool = False, diff: bool = False) -> Iterator[None]:
    """Within this context, an AnsibleModule is made with these arguments, and warnings of earlier ones are forgotten."""
    from ansible.module_utils import basic
    from ansible.module_utils.common import warnings

    with contextlib.ExitStack() as stack:
        # Another test of this process may have loaded controller code, after which warnings would go to the screen.
        internal = sys.modules.get("ansible.module_utils._internal")
        if hasattr(internal, "is_controller"):
            stack.enter_context(mock.patch.object(internal, "is_controller", False))
        # That code also has texts of arguments checked, which no process of a module does.
        profiles = sys.modules.get("ansible.module_utils._internal._json._profiles")
        if hasattr(profiles, "_string_encoding_check_enabled"):
            stack.enter_context(mock.patch.object(profiles, "_string_encoding_check_enabled", return_value=False))
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", _encoded(args, check, diff)))
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True))
        for store in ("_global_warnings", "_global_deprecations"):
            kept = getattr(warnings, store, None)
            if kept is not None:
                stack.enter_context(mock.patch.object(warnings, store, type(kept)()))
        yield


def _named(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Ansible tells each module how it was called."""
    return {**args, "_ansible_module_name": f"community.dynatrace.{name}"}


def _encoded(args: Mapping[str, Any], check: bool, diff: bool) -> bytes:
    from ansible.module_utils.common.parameters import PASS_VARS
    from ansible.release import __version__

    internal: dict[str, Any] = {
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_verbosity": 4,
        "_ansible_version": __version__,
    }
    if "inject_invocation" in PASS_VARS:  # since 2.21 the invocation is shown on demand
        internal["_ansible_inject_invocation"] = True
    return json.dumps({"ANSIBLE_MODULE_ARGS": {**args, **internal}}).encode()


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def _result(output: str, errors: str) -> dict[str, Any]:
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            result: dict[str, Any] = json.loads(line)
            return result
    raise ModuleCrashError(f"the module gave no result\n{output}\n{errors}")
