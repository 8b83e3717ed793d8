# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipelines of the guide: their scripts run, with programs in place of those that the services have.

``gh``, ``curl`` and ``ansible-playbook`` note what they are asked for, and give what the services would.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.docs import snippets

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_pipelines.rst"
_PLAYBOOK = """#!/bin/sh
echo "ansible-playbook $*" >> "$NOTED"
for view in plan drift; do
  case "$*" in *settings_$view*) mkdir -p $view; echo text > $view/$view.md; echo "$OUTCOME" > $view/outcome;; esac
done
test "$OUTCOME" != failed
"""
_GH = """#!/bin/sh
echo "gh $*" >> "$NOTED"
case "$1 $2" in
  api*) echo c0ffee;;
  "run list") echo 4711;;
  "run download") mkdir -p plan; echo '{}' > plan/plan.json;;
esac
"""
_CURL = """#!/bin/sh
echo "curl $*" >> "$NOTED"
while [ $# -gt 1 ]; do test "$1" = --output && file=$2; shift; done
case "$1" in */merge_requests) echo '[{"iid": 12}]' > "$file";; */plan.json*) echo '{}' > "$file";; esac
"""


def pipelines() -> dict[str, str]:
    """The text of each by the name of its file."""
    return {snippet.path: snippet.text for snippet in snippets.read(GUIDE) if snippet.kind == "file"}


def github(job: str) -> str:
    steps = yaml.safe_load(pipelines()[".github/workflows/settings.yml"])["jobs"][job]["steps"]
    return "\n".join(step["run"] for step in steps if "run" in step and step["name"] != "Install")


def gitlab(job: str) -> str:
    found = yaml.safe_load(pipelines()[".gitlab-ci.yml"])[job]
    return "\n".join([*found["script"], *found.get("after_script", ())])


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("ansible-playbook", _PLAYBOOK), ("gh", _GH), ("curl", _CURL)):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def run(script: str, programs: Path, outcome: str = "changes", **variables: str) -> tuple[int, list[str]]:
    """The code that the script ends with, and what the programs were asked for."""
    noted = programs.parent / "noted"
    noted.write_text("", encoding="utf-8")
    given = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "NOTED": str(noted),
        "OUTCOME": outcome,
        "GITHUB_STEP_SUMMARY": str(programs.parent / "summary"),
        **variables,
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=given, cwd=programs.parent, check=False, timeout=30
    )
    return done.returncode, noted.read_text(encoding="utf-8").splitlines()


def test_github_comments_the_plan(programs: Path) -> None:
    code, asked = run(github("plan"), programs, NUMBER="7")
    assert code == 0
    assert asked == [
        "ansible-playbook community.dynatrace.settings_plan -e settings_plan_path=settings",
        "gh pr comment 7 --edit-last --create-if-none --body-file plan/plan.md",
    ]
    assert (programs.parent / "summary").read_text(encoding="utf-8") == "text\n"


def test_github_applies_the_plan_of_the_last_commit_of_the_pull_request(programs: Path) -> None:
    code, asked = run(github("apply"), programs, GITHUB_REPOSITORY="o/r", GITHUB_SHA="abc")
    assert code == 0
    assert "repos/o/r/commits/abc/pulls" in asked[0]
    assert "--event pull_request --commit c0ffee " in asked[1]
    assert asked[2] == "gh run download 4711 --name plan --dir plan"
    assert asked[3].endswith(
        "settings_apply -e settings_apply_path=settings -e settings_apply_expect_plan=plan/plan.json"
    )


def test_gitlab_comments_the_plan(programs: Path) -> None:
    api = {"CI_API_V4_URL": "https://g/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "12", "GITLAB_TOKEN": "t"}
    code, asked = run(gitlab("plan"), programs, **api)
    assert code == 0
    assert asked[-1].endswith("--data-urlencode body@plan/plan.md https://g/api/v4/projects/3/merge_requests/12/notes")


def test_gitlab_applies_the_plan_of_the_merge_request(programs: Path) -> None:
    api = {"CI_API_V4_URL": "https://g/api/v4", "CI_PROJECT_ID": "3", "CI_COMMIT_SHA": "abc", "GITLAB_TOKEN": "t"}
    code, asked = run(gitlab("apply"), programs, **api)
    assert code == 0
    assert asked[0].endswith("https://g/api/v4/projects/3/repository/commits/abc/merge_requests")
    plan = "https://g/api/v4/projects/3/jobs/artifacts/refs%2Fmerge-requests%2F12%2Fhead/raw/plan/plan.json?job=plan"
    assert asked[1].endswith(plan)
    assert asked[2].endswith(
        "settings_apply -e settings_apply_path=settings -e settings_apply_expect_plan=plan/plan.json"
    )


@pytest.mark.parametrize(("outcome", "code"), [("unchanged", 0), ("changes", 3), ("failed", 2)])
@pytest.mark.parametrize("pipeline", ["github", "gitlab", "jenkins"])
def test_drift_and_failure_end_apart(programs: Path, pipeline: str, outcome: str, code: int) -> None:
    (jenkins,) = re.findall("sh '(rm -rf drift.*)'", pipelines()["Jenkinsfile"])
    script = {"github": github("drift").partition("\ncat")[0], "gitlab": gitlab("drift"), "jenkins": jenkins}[pipeline]
    assert run(script, programs, outcome)[0] == code


def test_brackets_of_the_jenkinsfile_match() -> None:
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "", pipelines()["Jenkinsfile"])
    assert [text.count(sign) for sign in "{(["] == [text.count(sign) for sign in "})]"]
