# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What a module finds around it inside Ansible's process: variables, folder, alarm and programs, as in a process of its own."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible_collections.community.dynatrace.plugins.module_utils import _clock


@contextlib.contextmanager
def surroundings(environment: Mapping[str, str], folder: str) -> Iterator[None]:
    """What a module finds that Ansible executes: the task's variables, the playbook's folder, and nobody who reads logs.

    Raises AnsibleActionFail for a variable that no process can have.
    """
    before = dict(os.environ)
    log_level, temporary, own_folder = logging.root.manager.disable, tempfile.tempdir, _folder()
    try:
        _set_variables(environment)
        # The task may have its own TMPDIR.
        tempfile.tempdir = None
        logging.disable(logging.CRITICAL)
        with contextlib.suppress(OSError):
            os.chdir(folder)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        logging.disable(log_level)
        tempfile.tempdir = temporary
        if own_folder is not None:
            with contextlib.suppress(OSError):
                os.chdir(own_folder)


def _set_variables(environment: Mapping[str, str]) -> None:
    try:
        os.environ.update(environment)
    except (OSError, ValueError) as error:
        raise AnsibleActionFail(
            f"the environment of the task has a name or a value that no variable can have: {error}"
        ) from None


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


@dataclass
class Alarm:
    has_struck: bool = False


@contextlib.contextmanager
def stopped_by_alarm(seconds: int | None) -> Iterator[Alarm]:
    """While the module runs, the task's ``timeout`` lets nothing new begin, instead of ending what is under way.

    Ansible raises an exception then, wherever that may be: whether a write was carried out would be known to nobody.
    """
    alarm = Alarm()
    if not seconds:
        yield alarm
        return

    def strike(dummy_signal: int, dummy_frame: Any) -> None:
        alarm.has_struck = True
        _clock.stop()

    before = signal.signal(signal.SIGALRM, strike)
    try:
        yield alarm
    finally:
        # What has been done is the result now; Ansible's own handler would throw it away.
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run_program(
    command: Sequence[str], cwd: str, environ_update: Mapping[str, str], handle_exceptions: bool = False
) -> tuple[int, str, str]:
    """As Ansible's run_command, as far as rooms use it. Raises OSError for a program that cannot be started."""
    del handle_exceptions  # they come out, as all callers want it
    done = subprocess.run(  # noqa: S603 - the callers name programs of their own
        list(command),
        cwd=cwd,
        env={**os.environ, **environ_update},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
