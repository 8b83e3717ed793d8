# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox that is measured on: a process of its own, with a latency, and with its list of requests."""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tools.molecule import TOKEN
from tests.tools.setup import ROOT, VENV

from . import schemas


@dataclass(frozen=True)
class Requests:
    """How many arrived. Validations are reads: they change nothing."""

    reads: int
    writes: int

    @property
    def total(self) -> int:
        return self.reads + self.writes


class Sandbox:
    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        """Back to an environment without any object of the benchmark."""
        self._call("POST", "/_sandbox/reset")

    def clear(self) -> None:
        """Counts from here on."""
        self._call("DELETE", "/_sandbox/requests")

    def requests(self) -> Requests:
        said = self._call("GET", "/_sandbox/requests")
        return Requests(said["reads"], said["writes"])

    def stored(self) -> int:
        """How many objects of the benchmark's schemas there are."""
        query = urllib.parse.urlencode({"schemaIds": ",".join(schemas.SCHEMA_IDS), "pageSize": 1})
        return int(self._call("GET", f"/api/v2/settings/objects?{query}")["totalCount"])

    def _call(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Api-Token {TOKEN}"}
        request = urllib.request.Request(f"{self.url}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def running(latency: float) -> Iterator[Sandbox]:
    """A sandbox on a free port that knows the ten schemas, and ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        schemas.write(Path(folder))
        command = [str(VENV / "bin" / "python"), "-m", "tests.sandbox", "--port", "0"]
        command += ["--latency", str(latency), "--schemas", folder]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
            try:
                said = started.stdout.readline() if started.stdout else ""
                if not said:
                    raise SystemExit("the sandbox did not start")
                yield Sandbox(said.split()[-1])
            finally:
                started.terminate()
