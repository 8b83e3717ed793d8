# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebooks: what is changed by hand in the sandbox is reported, or put back, within a minute."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.app import Options
from tests.support.sandbox import TOKEN, RunningSandbox, running

ROOT = Path(__file__).resolve().parents[3]
EXTENSIONS = ROOT / "extensions" / "eda"
RULEBOOKS = sorted((EXTENSIONS / "rulebooks").glob("*.yml"))
TAG = "builtin:sandbox.tag-rule"
BOT = "dt0c01.BOT.BOTSECRET"
AS_FILED, BY_HAND = "as in the files", "changed by hand"
MINUTE = 60
# What Drools, by which ansible-rulebook decides, is made for.
_OLDEST_JAVA = 17


def missing() -> str | None:
    """Why ansible-rulebook cannot run here."""
    java = shutil.which("java")
    if not Path(sys.executable).with_name("ansible-rulebook").exists():
        return "ansible-rulebook is not installed"
    if java is None:
        return "ansible-rulebook needs Java, which is not installed"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        return f"ansible-rulebook needs Java {_OLDEST_JAVA} or newer: {told.strip()}"
    return None


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_names_what_there_is(path: Path) -> None:
    (ruleset,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    (source,) = ruleset["sources"]
    name = "community.dynatrace.settings_history"
    documentation = re.search(
        r'DOCUMENTATION = r"""(.+?)"""',
        (EXTENSIONS / "plugins" / "event_source" / f"{name.rpartition('.')[2]}.py").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert documentation is not None
    assert set(source[name]) <= set(yaml.safe_load(documentation[1])["options"])
    (rule,) = ruleset["rules"]
    playbook = rule["action"]["run_playbook"]["name"].rpartition(".")[2]
    role = yaml.safe_load((ROOT / "roles" / playbook / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    assert set(rule["action"]["run_playbook"]["extra_vars"]) <= set(role["argument_specs"]["main"]["options"])
    assert (ROOT / "playbooks" / f"{playbook}.yml").exists()


@contextlib.contextmanager
def watching(sandbox: RunningSandbox, folder: Path, rulebook: str, **variables: Any) -> Iterator[Path]:
    """ansible-rulebook, once it has looked at the history; gives the file with what it says."""
    given, output, inventory = folder / "watch.yml", folder / "output.txt", folder / "inventory.yml"
    inventory.write_text("all: {hosts: {localhost: {ansible_connection: local}}}")
    given.write_text(json.dumps({"settings_path": str(folder / "settings"), "settings_interval": 1, **variables}))
    programs = Path(sys.executable).parent
    environ = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "DYNATRACE_ENV_URL": sandbox.url,
        "DYNATRACE_API_TOKEN": BOT,
        "EDA_RULES_ENGINE": "drools",
    }
    command = [programs / "ansible-rulebook", "--rulebook", f"community.dynatrace.{rulebook}", "--vars", given, "-v"]
    command += ["--inventory", inventory]
    with output.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environ, cwd=folder)
    try:
        until(lambda: "GET /v2/settings/history" in sandbox.sent or process.poll() is not None, output, 3 * MINUTE)
        assert process.poll() is None, output.read_text(encoding="utf-8")
        yield output
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "BOTSECRET" not in output.read_text(encoding="utf-8")


def until(is_so: Callable[[], bool], output: Path, seconds: float = MINUTE) -> float:
    """The seconds that it took."""
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < seconds, output.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.1)
    return time.monotonic() - begin


def description(sandbox: RunningSandbox) -> Any:
    (found,) = sandbox.run("settings_object_info", schema_ids=[TAG], external_ids=["blue"])["objects"]
    return found["value"]["description"]


def prepared(sandbox: RunningSandbox, folder: Path) -> Path:
    """A folder with files that are applied."""
    objects = [{"key": "blue", "external_id": "blue", "value": {"name": "Blue", "description": AS_FILED}}]
    (folder / "settings").mkdir(parents=True)
    (folder / "settings" / "tags.yml").write_text(yaml.safe_dump({"schema_id": TAG, "objects": objects}))
    result = sandbox.run("settings_objects", schema_id=TAG, objects=objects, api_token=BOT)
    assert not result.get("failed"), result["msg"]
    sandbox.clear()
    return folder


def change_by_hand(sandbox: RunningSandbox) -> None:
    value = {"description": BY_HAND}
    result = sandbox.run("settings_object", schema_id=TAG, external_id="blue", value=value, api_token=TOKEN)
    assert result["changed"], result
    sandbox.clear()


@pytest.mark.timeout(400)
def test_what_is_changed_by_hand_is_put_back_or_reported(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """In two environments at once, since a start of ansible-rulebook takes its time."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with running(Options()) as other:
        corrected, reported = prepared(sandbox, tmp_path / "corrected"), prepared(other, tmp_path / "reported")
        report = reported / "report" / "drift.json"
        with (
            watching(sandbox, corrected, "settings_apply") as correcting,
            watching(other, reported, "settings_drift", settings_report_path=str(report.parent)) as reporting,
        ):
            change_by_hand(sandbox)
            change_by_hand(other)
            until(lambda: description(sandbox) == AS_FILED, correcting)
            until(report.exists, reporting)
            # What it wrote itself starts nothing.
            time.sleep(2.5)
        assert [line.partition("/objects/")[0] for line in sandbox.writes] == ["PUT /v2/settings"]
        assert BY_HAND in report.read_text(encoding="utf-8")
        assert (other.writes, description(other)) == ([], BY_HAND)
