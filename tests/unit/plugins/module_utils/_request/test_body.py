# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._request.body import body_of, secret_texts

JSON = "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("given", "content_type", "content", "sent_type", "data"),
    [
        (None, None, None, None, None),
        (None, "text/plain", None, None, None),
        ({"a": [1, None]}, None, b'{"a":[1,null]}', JSON, {"a": [1, None]}),
        ([], "application/x", b"[]", "application/x", []),
        (5, None, b"5", JSON, 5),
        ('{"a": 1}', None, b'{"a": 1}', JSON, None),
        ("cpu \u00e9", "text/plain", b"cpu \xc3\xa9", "text/plain", None),
    ],
)
def test_what_is_sent(given: Any, content_type: str | None, content: Any, sent_type: str | None, data: Any) -> None:
    body = body_of(given, None, content_type)
    assert (body.content_type, body.data) == (sent_type, data)
    with body.opened() as sent:
        assert sent == content


def test_a_file_is_opened_when_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    link = tmp_path / "link"
    link.symlink_to(path)
    body = body_of(None, str(link), None)
    assert (body.content_type, body.data) == ("application/octet-stream", None)
    path.write_bytes(b"two")
    with body.opened() as sent:
        assert sent is not None
        assert not isinstance(sent, bytes)
        assert sent.read() == b"two"
    assert sent.closed


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/null"):
        with pytest.raises(InputError, match="not a regular file"):
            body_of(None, str(path), None)
    for name in (str(tmp_path / "nowhere"), "/a\0b", "/" + "a" * 5000):
        with pytest.raises(InputError, match="not a file that can be read"):
            body_of(None, name, None)


@pytest.mark.parametrize(
    ("given", "content_type", "text"),
    [
        ("hush-hush", None, "say what it is by content_type"),
        ("[" * 100_000, None, "say what it is by content_type"),
        ("hush\ud800", "text/plain", "half of a surrogate pair at place 4"),
        ({"a": float("nan")}, None, "values that JSON cannot represent"),
        ({"a": {1, 2}}, None, "values that JSON cannot represent"),
        ({}, "text/\u00e9", "content_type is not a media type"),
        ({}, "a\r\nHost: x", "content_type is not a media type"),
    ],
)
def test_what_cannot_be_sent(given: Any, content_type: str | None, text: str) -> None:
    with pytest.raises(InputError) as caught:
        body_of(given, None, content_type)
    assert text in caught.value.msg
    assert "hush" not in caught.value.msg


def test_what_of_a_text_nothing_may_repeat() -> None:
    text = '{"password-of-somebody": "hush-hush", "short": "abc", "list": [{"n": 1234567890}, true]}'
    assert secret_texts(text, None) == {text, "hush-hush", "1234567890"}
    form = "password=hush%20hush&user=me"
    assert secret_texts(form, "application/x-www-form-urlencoded; charset=utf-8") == {form, "hush hush"}
    lines = "cpu,host=a 1\n  memory,host=b 2\nx"
    assert secret_texts(lines, "text/plain") == {lines, "cpu,host=a 1", "memory,host=b 2"}
    assert secret_texts({"password": "hush-hush"}, None) == set()
    assert secret_texts("short", "text/plain") == set()
