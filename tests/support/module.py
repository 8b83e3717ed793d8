# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module of the collection as Ansible does, but without Ansible around it, on every ansible-core from 2.16.

``run_module`` starts a process (about 0.4 s), as a real task does. ``run_in_process`` takes some milliseconds, shows up in coverage,
and lets a test replace parts of the module; both give the parsed result, in which ``failed`` is true when the module failed.

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
        input=_encoded(args, check, diff),
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
    return run_main(importlib.import_module(PACKAGE + name).main, args, check, diff, env)


def run_in_steps(
    name: str,
    args: Mapping[str, Any],
    check: bool = False,
    diff: bool = False,
    env: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """As run_in_process, but as the action plugin runs a module that waits: once for each look. ``tell`` gets the lines."""
    from ansible_collections.community.dynatrace.plugins.module_utils._wait import STEP
    from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import in_steps

    def run(given: Mapping[str, Any]) -> dict[str, Any]:
        return run_in_process(name, {**args, STEP: given}, check, diff, env)

    return in_steps(run, tell, "here")


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
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", _encoded(args, check, diff)))
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True))
        for store in ("_global_warnings", "_global_deprecations"):
            kept = getattr(warnings, store, None)
            if kept is not None:
                stack.enter_context(mock.patch.object(warnings, store, type(kept)()))
        yield


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
