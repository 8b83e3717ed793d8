# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Texts of others in Markdown: they may hold anything, and nothing in them is markup. Pure."""

from __future__ import annotations

import html
import re

from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible


def fenced(text: str) -> str:
    """As lines of a difference."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}diff\n{visible(text)}\n{fence}"


def code(text: str) -> str:
    """In one line, and with a fence that is longer than any in it."""
    line = _line(text) or "-"
    fence = "`" * (_longest_run(line) + 1)
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def cell(text: str) -> str:
    """As code in a table."""
    return code(text).replace("|", "\\|")


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def escaped(text: str) -> str:
    """In one line, for the HTML that Markdown may hold."""
    return html.escape(_line(text))


def plain(text: str) -> str:
    """A sentence that may hold names. Nothing in it is markup, and it notifies nobody and links to no issue."""
    line = html.escape(_line(text), quote=False)
    line = re.sub(r"([\\`*_\[\]|~])", r"\\\1", line)
    return re.sub("([@#])", r"\1<!-- -->", line)


def shortened(text: str, most: int) -> str:
    """At most so many characters, and a sign that there were more."""
    return text if len(text) <= most else f"{text[:most]} …"
