# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make demo``: the main job on a sandbox, once more to show that nothing changes, then check mode after a change by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.tools.environment import environment
from tests.tools.molecule import TOKEN, sandbox
from tests.tools.setup import VENV

HERE = Path(__file__).parent
_RECAP = re.compile(r"changed=(\d+).*failed=(\d+)")


class _Demo:
    def __init__(self, url: str) -> None:
        self._url = url
        self._environment = {
            **environment(),
            "DYNATRACE_ENV_URL": url,
            "DYNATRACE_API_TOKEN": TOKEN,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_FORCE_COLOR": "true" if sys.stdout.isatty() else "false",
        }

    def play(self, title: str, playbook: str, *arguments: str, quiet: bool = False) -> int:
        """How many tasks changed something. A failure ends the demo."""
        print(f"\n===== {title}\n", flush=True)
        self._control("DELETE", "requests")
        command = [str(VENV / "bin" / "ansible-playbook"), str(HERE / playbook), *arguments]
        lines = []
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True) as ran:
            for line in ran.stdout or ():
                lines.append(line)
                if not quiet:
                    print(line, end="", flush=True)
        recap = _RECAP.search("".join(lines))
        if ran.returncode != 0 or recap is None:
            raise SystemExit("".join(lines[-30:]) if quiet else "the playbook failed")
        asked = json.loads(self._control("GET", "requests"))
        print(
            f"----- {recap[1]} changed; {asked['reads']} requests that read or validate, {asked['writes']} that write"
        )
        return int(recap[1])

    def _control(self, method: str, what: str) -> bytes:
        request = urllib.request.Request(f"{self._url}/_sandbox/{what}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())


def main() -> None:
    with sandbox() as url:
        print(f"A sandbox imitates Dynatrace at {url}; a minute of job time takes a second there.")
        demo = _Demo(url)
        first = demo.play("1. The playbook (tests/demo/site.yml), for the first time", "site.yml")
        again = demo.play(
            "2. The same playbook again: everything is as it should be, so nothing is written", "site.yml"
        )
        demo.play("3. Somebody changes a setting by hand", "meddle.yml", quiet=True)
        check = demo.play(
            "4. Check mode with a diff shows it; the server validates what would be sent",
            "site.yml",
            "--check",
            "--diff",
        )
    expected = (5, 0, 1)
    if (first, again, check) != expected:
        raise SystemExit(f"expected {expected} changes in steps 1, 2 and 4, not {(first, again, check)}")
    print(
        "\nThat was it; the sandbox is stopped. To go on: make sandbox, and in another terminal the two exports that it prints,"
        "\nmake play P=tests/demo/site.yml for this playbook, or make play P=my/site.yml for one of yours."
    )


if __name__ == "__main__":
    main()
