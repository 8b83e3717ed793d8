# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the sandbox begins to listen, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.__main__ import _exports, _listener, _parser
from tests.sandbox.settings.catalog import Catalog


def test_a_busy_port_is_one_sentence() -> None:
    with _listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SystemExit) as refused:
            _listener("127.0.0.1", port)
    assert (
        refused.value.code
        == f"Port {port} is in use: stop what listens there, or take another one, such as {port + 1}."
    )


def test_an_address_of_another_machine() -> None:
    with pytest.raises(SystemExit, match=r"cannot listen on 192\.0\.2\.1, port 8470: "):
        _listener("192.0.2.1", 8470)


def test_exports_can_be_pasted() -> None:
    said = _exports("http://127.0.0.1:8470", "dt0c01.A.B").splitlines()
    assert said[1:3] == ["  export DYNATRACE_ENV_URL=http://127.0.0.1:8470", "  export DYNATRACE_API_TOKEN=dt0c01.A.B"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--port 70000", "argument --port: 70000 is not a port: these are 0 to 65535"),
        ("--port http", "argument --port: invalid port value: 'http'"),
        ("--activegates -1", "argument --activegates: -1 is less than 0"),
        ("--speed 0", "argument --speed: time would stand still"),
        ("--latency nan", "argument --latency: nan is not a number of 0 or more"),
        ("--schemas no/such/folder", "argument --schemas: there is no folder no/such/folder"),
        ("--hub no/such/folder", "argument --hub: there is no folder no/such/folder"),
    ],
)
def test_arguments_that_cannot_be(capsys: pytest.CaptureFixture[str], arguments: str, said: str) -> None:
    with pytest.raises(SystemExit):
        _parser().parse_args(arguments.split())
    assert said in capsys.readouterr().err


def test_a_broken_schema_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.json cannot be read: "):
        Catalog((tmp_path,))
