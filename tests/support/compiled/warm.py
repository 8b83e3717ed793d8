# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python warm.py FD``: programs of Ansible that have nothing to import, for whom ``sitecustomize`` asks at the socket ``FD``.

Ansible reads its configuration while it is imported, from the environment and from a file. So for each environment there is a process
that has imported Ansible, with the plugins that most playbooks use, and a program is a fork of it: nothing passes from one to the next.
All end with whoever holds the other end of ``stdin``.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import hashlib
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any, NoReturn

import sitecustomize  # type: ignore[import-not-found]  # it is beside this file

# Read by what programs do, not by what they import.
_NOT_CONFIGURATION = ("DYNATRACE_", "DT_", "MOLECULE_", "WITNESS", "PYTEST_")
_OF_SHELLS = ("PWD", "OLDPWD", "SHLVL", "_")
_KINDS = ("action", "become", "cache", "callback", "connection", "inventory", "lookup", "shell", "strategy", "vars")
_MODULES = (
    "requests",
    "ansible.cli.playbook",
    "ansible.module_utils._internal._json._profiles._module_legacy_c2m",
    "ansible.module_utils._internal._json._profiles._module_legacy_m2c",
)


def hand_out(listener: socket.socket) -> None:
    """Each request to the process of its environment."""
    processes: dict[str, socket.socket] = {}
    events = selectors.DefaultSelector()
    for source in (listener, sys.stdin):
        events.register(source, selectors.EVENT_READ)
    while sys.stdin not in [key.fileobj for key, _mask in events.select()]:
        caller, _address = listener.accept()
        line, standard = _received(caller, 3)
        request = json.loads(line)
        key = _configuration(**request)
        if key not in processes:
            processes[key], requests = socket.socketpair()
            if os.fork() == 0:
                for opened in (listener, caller, *processes.values()):
                    opened.close()
                _close(standard)
                _Imported(requests).serve(**request)
            requests.close()
        socket.send_fds(processes[key], [b"\n"], [caller.fileno(), *standard])
        processes[key].sendall(line)
        caller.close()
        _close(standard)
    for requests in processes.values():
        requests.close()
    for _process in processes:
        os.wait()


def _configuration(env: dict[str, str], folder: str, **_more: Any) -> str:
    """What Ansible can read of it while it is imported, as a text."""
    names = [name for name in env if name not in _OF_SHELLS and not name.startswith(_NOT_CONFIGURATION)]
    read = {name: env[name] for name in names}
    paths = [value for name, value in read.items() if name.startswith("ANSIBLE_") and not os.path.isabs(value)]
    if any(os.path.exists(os.path.join(folder, path)) for path in paths):
        read["folder"] = folder
    return json.dumps(read, sort_keys=True)


def _move(folder: str, env: dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)


def _received(source: socket.socket, count: int) -> tuple[bytes, list[int]]:
    """A line, and descriptors, which come with the byte before it."""
    _byte, descriptors, _flags, _address = socket.recv_fds(source, 1, count)
    with source.makefile("rb", buffering=0) as file:
        return file.readline(), descriptors


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


class _Imported:
    """``callers``: each program that runs to the connection where its end is waited for."""

    def __init__(self, requests: socket.socket) -> None:
        self.requests = requests
        self.callers: dict[int, socket.socket] = {}
        self.events = selectors.DefaultSelector()

    def serve(self, env: dict[str, str], folder: str, **_more: Any) -> NoReturn:
        _move(folder, env)
        # With a wrong configuration it fails. Each program meets that again, and says so.
        with contextlib.suppress(BaseException):
            _import()
        gc.freeze()
        ended, noticed = socket.socketpair()
        for end in (ended, noticed):
            end.setblocking(False)
        signal.set_wakeup_fd(noticed.fileno())
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self.events.register(self.requests, selectors.EVENT_READ, self._start)
        self.events.register(ended, selectors.EVENT_READ, lambda: self._collect(ended))
        while True:
            for key, _mask in self.events.select():
                key.data()

    def _start(self) -> None:
        line, descriptors = _received(self.requests, 4)
        if not line:
            os._exit(0)
        caller, standard = socket.socket(fileno=descriptors[0]), descriptors[1:]
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for opened in (self.requests, caller, *self.callers.values()):
                opened.close()
            _run(standard, **json.loads(line))
        _close(standard)
        self.callers[pid] = caller
        self.events.register(caller, selectors.EVENT_READ, lambda: self._pass_on(pid))

    def _pass_on(self, pid: int) -> None:
        """A signal. Where nobody waits any more, the program ends too."""
        given = self.callers[pid].recv(1)
        if not given:
            self.events.unregister(self.callers[pid])
        os.kill(pid, given[0] if given else signal.SIGKILL)

    def _collect(self, ended: socket.socket) -> None:
        ended.recv(100)
        while self.callers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with self.callers.pop(pid) as caller:
                if caller in self.events.get_map():
                    self.events.unregister(caller)
                    caller.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _compile_templates_once(folder: str) -> None:
    """Each task has a process of its own, in which Ansible compiles its templates: a tenth of its time.

    Its code depends on its text and on the options of its environment, where nothing is computed beforehand; and on plugins, so that it
    is kept no longer than the socket.
    """
    import jinja2

    original = jinja2.Environment.compile

    def compiled(self: Any, source: Any, *more: Any, **named: Any) -> Any:
        if self.optimized or more or named.get("raw"):
            return original(self, source, *more, **named)
        options = [(name, value) for name, value in sorted(vars(self).items()) if isinstance(value, str | bool)]
        text = repr([str(source), type(source).__name__, named, options])
        name = hashlib.sha256(text.encode()).hexdigest()
        return sitecustomize._known(folder, name, lambda: original(self, source, **named))

    jinja2.Environment.compile = compiled  # type: ignore[method-assign]


def _import() -> None:
    """A loader forgets which plugins it has found, so that each program looks for them itself. They are imported all the same."""
    for name in _MODULES:
        importlib.import_module(name)
    from ansible import cli
    from ansible.plugins import loader

    loaders = {name: each for name, each in vars(loader).items() if isinstance(each, loader.PluginLoader)}
    loader.init_plugin_loader()
    cli.init_plugin_loader = lambda *_paths: None  # twice would be a warning
    try:
        _load_plugins(loaders)
    finally:
        for each in loaders.values():
            each._clear_caches()


def _load_plugins(loaders: dict[str, Any]) -> None:
    for kind in _KINDS:
        list(loaders[f"{kind}_loader"].all(class_only=True))
    list(loaders["filter_loader"].all())
    list(loaders["test_loader"].all())
    _compile_templates_once(os.path.dirname(os.environ["WARM"]))
    (folder,) = importlib.import_module("ansible_collections.community.dynatrace.plugins").__path__
    for kind in ("action", "filter", "inventory", "lookup"):
        for name in sorted(os.listdir(os.path.join(folder, kind))):
            if name.endswith(".py"):
                loaders[f"{kind}_loader"].get(f"community.dynatrace.{name[:-3]}", class_only=True)


def _run(standard: list[int], argv: list[str], env: dict[str, str], folder: str) -> NoReturn:
    os.setsid()
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
    _close(standard)
    _move(folder, env)
    sys.argv = argv
    sys.path[0] = os.path.dirname(argv[0])
    constants: Any = sys.modules.get("ansible.constants")
    if constants:  # each program removes its folder for temporary files at its end
        constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP", variables=vars(constants))
    code = 0
    try:
        runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as ended:
        code = int(ended.code or 0)
    # Without taking everything apart, which would take longer than most programs do.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    hand_out(socket.socket(fileno=int(sys.argv[1])))
