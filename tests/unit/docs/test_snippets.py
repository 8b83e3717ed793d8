# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every snippet of README.md and the guides does what the text around it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox.app import Options
from tests.support import configurations
from tests.support.packages import build_package, keys
from tests.support.sandbox import RunningSandbox, running
from tests.tools.setup import ROOT
from tests.unit.docs import commands, snippets
from tests.unit.docs.reader import Reader, WrongSnippetError
from tests.unit.docs.variables import FLEETS, OBJECTS, VARIABLES


@pytest.fixture(scope="module")
def _guides_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    hub = tmp_path_factory.mktemp("hub")
    (hub / "snmp.zip").write_bytes(build_package("com.dynatrace.extension.snmp-generic", "2.1.0"))
    with running(Options(speed=1000, hub=(hub,))) as found:
        yield found


@pytest.fixture
def reader(_guides_sandbox: RunningSandbox, tmp_path: Path) -> Reader:
    """With what a reader has already: packages that were built elsewhere, and the certificate that they are signed under."""
    _guides_sandbox.state.reset()
    (tmp_path / "dist").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "ca.pem").write_bytes(keys().ca_pem)
    shutil.copy(ROOT / "tests" / "sandbox" / "extension.zip", tmp_path)
    for version in ("1.2.0", "1.3.0"):
        package = tmp_path / "dist" / f"custom_my.extension-{version}.zip"
        package.write_bytes(configurations.package(version, name="custom:my.extension"))
    return Reader(tmp_path, _guides_sandbox, dict(VARIABLES))


@pytest.mark.timeout(480)
@pytest.mark.parametrize("path", snippets.DOCUMENTS, ids=lambda path: path.stem)
def test_document(path: Path, reader: Reader) -> None:
    state = reader.sandbox.state
    state.options = replace(state.options, activegates=FLEETS.get(path.stem, Options.activegates))
    state.reset()
    if path.stem in OBJECTS:
        made = reader.sandbox.run("settings_objects", objects=OBJECTS[path.stem])
        assert not made.get("failed"), made
    found = snippets.read(path)
    assert found, "a guide without anything to try"
    reader.read(found)
    assert reader.counted == len(found)


@pytest.mark.parametrize("path", snippets.DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere_in_the_repository_too(path: Path) -> None:
    """There nothing resolves the references of Sphinx."""
    assert re.findall(r":(?:ref|doc|any):`[^`]*`", path.read_text(encoding="utf-8")) == []


class TestTheTest:
    """It fails when a snippet is wrong."""

    def read(self, reader: Reader, text: str, name: str = "guide.rst") -> None:
        path = reader.folder / name
        path.write_text(text, encoding="utf-8")
        reader.read(snippets.read(path))

    @pytest.mark.parametrize(
        ("language", "snippet"),
        [
            ("yaml", "- name: Read\n  community.dynatrace.settings_schema_info:\n    no_such_option: x"),
            ("yaml", "- name: Show\n  ansible.builtin.debug:\n    msg: '{{ nobody_defined_this }}'"),
            ("yaml", "plugin: community.dynatrace.activegates"),
            ("yaml", "- name: [unclosed"),
            ("console", "false"),
            ("text", "nothing printed this"),
            ("python", "print()"),
            ("", "anything"),
        ],
    )
    def test_wrong_snippets_fail(self, reader: Reader, language: str, snippet: str) -> None:
        body = "\n".join(f"  {line}" for line in snippet.splitlines())
        with pytest.raises(WrongSnippetError, match=r"^guide\.rst:2"):
            self.read(reader, f".. code-block:: {language}\n\n{body}\n")

    def test_in_markdown_too(self, reader: Reader) -> None:
        with pytest.raises(WrongSnippetError, match=r"GUIDE\.md:2"):
            self.read(reader, "```console\nfalse\n```\n", "GUIDE.md")

    def test_a_playbook_that_is_not_there(self, reader: Reader) -> None:
        with pytest.raises(WrongSnippetError, match="exit code"):
            self.read(reader, "```console\nmake play P=my/no_such.yml\n```\n", "GUIDE.md")

    def test_a_file_that_was_not_made(self, reader: Reader) -> None:
        with pytest.raises(WrongSnippetError, match="was not made"):
            self.read(reader, "<!-- snippet: made no/such.yml -->\n```yaml\na: b\n```\n", "GUIDE.md")

    def test_a_command_that_should_fail_and_does_not(self, reader: Reader) -> None:
        with pytest.raises(WrongSnippetError, match="exit code 0"):
            self.read(reader, ".. snippet: fails\n\n.. code-block:: console\n\n  true\n")

    @pytest.mark.parametrize("line", [".. snippet: skip", ".. snippet::", "An example::"])
    def test_what_only_looks_like_a_snippet(self, reader: Reader, line: str) -> None:
        with pytest.raises(ValueError, match=r"guide\.rst:1"):
            self.read(reader, f"{line}\n\n  false\n")

    @pytest.mark.parametrize(
        "command",
        [
            "make nothing",
            "git clone https://example.com/else.git",
            "cd elsewhere",
            "export DYNATRACE_NO_SUCH=1",
            "ansible-galaxy collection install community.other",
            "ansible-galaxy collection install community.dynatrace:97.0.0",
            "pip install something-else",
            "python -m pip install nothing-we-need",
            "python -m pip install starlette uvicorn[standard]",
            "python -m tests.sandbox --no-such-option",
        ],
    )
    def test_commands_that_are_only_checked(self, command: str) -> None:
        assert commands.check(command) is False
