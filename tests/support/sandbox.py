# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox in a thread of the test's own process, reached over real HTTP on 127.0.0.1."""

from __future__ import annotations

import contextlib
import importlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from tests.sandbox.app import Application, Options, Sandbox
from tests.sandbox.faults import Fault
from tests.support.module import PACKAGE, run_in_action, run_in_process

TOKEN = "dt0c01.SANDBOX.SANDBOXTOKEN"
# Documents that others wrote; what needs them is skipped where they are not there.
REAL_SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "api" / "schemas"


class RunningSandbox:
    """Its state is at ``state``; what went over the wire since the last ``clear`` is in ``sent`` and ``writes``.

    ``in_action``: modules run by their action plugins; what those tell people is in ``told``.
    """

    def __init__(self, url: str, state: Sandbox) -> None:
        self.url = url
        self.state = state
        self.in_action = False
        self.told: list[str] = []

    def run(self, module: str, check: bool = False, diff: bool = False, **args: Any) -> dict[str, Any]:
        """The result of a module against this sandbox, with retries fast enough for tests."""
        common = {"environment_url": self.url, "api_token": TOKEN, "retry_max_delay": 0.01, "timeout": 10}
        if importlib.import_module(PACKAGE + module).MODULE.is_local:
            common = {}
        if self.in_action:
            return run_in_action(module, {**common, **args}, check=check, diff=diff, tell=self.told.append)
        return run_in_process(module, {**common, **args}, check=check, diff=diff)

    def clear(self) -> None:
        self.state.requests.clear()

    @property
    def sent(self) -> list[str]:
        """``METHOD path`` of each request, with ``?validateOnly`` where it was asked for; no host and no ``/api``."""
        return [
            f"{entry['method']} {entry['path'].split('/api', 1)[-1]}"
            + ("?validateOnly" if entry["query"].get("validateOnly") == "true" else "")
            for entry in self.state.requests
        ]

    @property
    def writes(self) -> list[str]:
        return [text for text, entry in zip(self.sent, self.state.requests, strict=True) if not entry["read"]]

    def fault(self, **given: Any) -> None:
        self.state.faults.add(Fault.parse(given))

    def variants(self, **wanted: Any) -> None:
        self.state.variants.set(wanted)


@contextlib.contextmanager
def running(options: Options) -> Iterator[RunningSandbox]:
    application = Application(options)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        _wait_until_started(server)
        try:
            yield RunningSandbox(f"http://127.0.0.1:{listener.getsockname()[1]}", application.sandbox)
        finally:
            server.should_exit = True
            thread.join(10)


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the sandbox did not start")
        time.sleep(0.005)


def real_schemas() -> Mapping[str, Path]:
    """The schema documents of a real environment by file name, none where they are not there."""
    return {path.stem: path for path in sorted(REAL_SCHEMAS.glob("*.json"))}
