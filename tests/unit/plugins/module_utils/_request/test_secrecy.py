# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._request.secrecy import hide


def hidden(**params: Any) -> Any:
    task: Any = SimpleNamespace(params={"path": None, "headers": None, **params}, shown={}, secrets=set())
    hide(task)
    return task


def test_data_by_its_names() -> None:
    task = hidden(body={"name": "x", "password": "hush-one"}, query={"own": "hush-two"}, secret_properties=["own"])
    assert task.shown["body"] == {"name": "x", "password": "********"}
    assert task.shown["query"] == {"own": "********"}
    assert task.secrets == {"hush-one", "hush-two"}


def test_a_text_stays_withheld() -> None:
    task = hidden(body='{"a": "hush-hush"}')
    assert "body" not in task.shown
    assert task.secrets == {'{"a": "hush-hush"}', "hush-hush"}


def test_every_header() -> None:
    task = hidden(headers={"Accept": "text/csv", "X-A": "hush-hush"})
    assert task.shown["headers"] == {"Accept": "********", "X-A": "********"}
    assert task.secrets == {"hush-hush"}


@pytest.mark.parametrize(
    ("path", "shown", "secrets"),
    [
        ("/api/v2/x", "/api/v2/x", set()),
        ("/api/v2/x?a=1&b", "/api/v2/x?a=1&b", set()),
        ("/api/v2/x?apiToken=a%2Fbcd&c=1", "/api/v2/x?apiToken=********&c=1", {"a%2Fbcd", "a/bcd"}),
        ("/api/v2/x?a=1&client%53ecret=hush&token=", "/api/v2/x?a=1&client%53ecret=********&token=", {"hush"}),
    ],
)
def test_parameters_in_the_path(path: str, shown: str, secrets: set[str]) -> None:
    task = hidden(path=path)
    assert (task.shown["path"], task.secrets) == (shown, secrets)


def test_what_is_too_deep_is_not_looked_at() -> None:
    deep: Any = "hush"
    for dummy in range(2000):
        deep = [deep]
    with pytest.raises(InputError, match="query is nested more than"):
        hidden(query={"a": deep})
