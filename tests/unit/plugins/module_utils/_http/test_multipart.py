# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import os
from email.parser import BytesParser

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils._http.multipart import FormFile

from tests.support.server import Server, reply

CONTENT = os.urandom(100_000)


@pytest.fixture
def form() -> FormFile:
    return FormFile(io.BytesIO(CONTENT), "file", "custom_demo-1.0.0.zip")


def test_it_is_one_part_with_the_file(form: FormFile) -> None:
    head = f"Content-Type: {form.content_type}\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    parsed = BytesParser().parsebytes(head + form.read())
    (part,) = parsed.get_payload()  # type: ignore[misc]
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "custom_demo-1.0.0.zip"
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == CONTENT


@pytest.mark.parametrize("size", [1, 7, 64, 99_999, 1_000_000])
def test_it_reads_the_same_in_pieces_of_any_size(form: FormFile, size: int) -> None:
    whole = form.read()
    assert len(whole) == len(form)
    form.seek(len(form) - 70_000 if size < 64 else 0)
    expected = whole[form.tell() :] if size >= 64 else whole[-70_000:]
    if size == 1:
        form.seek(-100, io.SEEK_END)
        expected = whole[-100:]
    assert b"".join(iter(lambda: form.read(size), b"")) == expected


def test_it_can_be_sent_again_after_it_was_read_in_part(form: FormFile) -> None:
    form.read(500)
    with Server(reply(200), reply(200)) as server:
        for _try in range(2):
            form.seek(0)
            requests.post(server.url, data=form, headers={"Content-Type": form.content_type}, timeout=5)  # type: ignore[arg-type]
        first, second = server.requests
    assert first.body == second.body
    assert first.headers["content-length"] == str(len(first.body))
    assert "transfer-encoding" not in first.headers
    assert CONTENT in first.body


def test_boundaries_differ() -> None:
    assert FormFile(io.BytesIO(b""), "file", "a").content_type != FormFile(io.BytesIO(b""), "file", "a").content_type
