# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import os
from email.parser import BytesParser

from ansible_collections.community.dynatrace.plugins.module_utils._http.multipart import form_of

CONTENT = os.urandom(100_000)


def test_it_is_one_part_with_the_file_wherever_that_was_read_to() -> None:
    stream = io.BytesIO(CONTENT)
    stream.read(500)
    form, content_type = form_of(stream, "file", "custom_demo-1.0.0.zip")
    parsed = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + form.read())
    (part,) = parsed.get_payload()  # type: ignore[misc]
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "custom_demo-1.0.0.zip"
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == CONTENT


def test_boundaries_differ() -> None:
    assert form_of(io.BytesIO(), "file", "a")[1] != form_of(io.BytesIO(), "file", "a")[1]
