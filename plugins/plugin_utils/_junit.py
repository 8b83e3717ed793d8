# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""JUnit's XML, which servers of pipelines show as the results of tests. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible

# How a case ended.
WELL, FAILURE, ERROR, SKIPPED = "", "failure", "error", "skipped"


@dataclass(frozen=True)
class Case:
    """``group``: a table has those of one group together. ``outcome``: one of the constants above. ``message``: why it is not well, in
    a line; ``text``: all that there is to say. ``status``: the word for why, for programs.
    """

    name: str
    group: str = ""
    file: str = ""
    outcome: str = WELL
    message: str = ""
    text: str = ""
    status: str = ""


def junit(suites: Iterable[tuple[str, Sequence[Case]]]) -> str:
    """The document. ``suites``: name and cases of each."""
    lines = [_suite(name, cases) for name, cases in suites]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *lines, "</testsuites>", ""])


def _suite(name: str, cases: Sequence[Case]) -> str:
    outcomes = [case.outcome for case in cases]
    attributes = {
        "name": name,
        "tests": str(len(cases)),
        "failures": str(outcomes.count(FAILURE)),
        "errors": str(outcomes.count(ERROR)),
        "skipped": str(outcomes.count(SKIPPED)),
    }
    lines = "".join(f"\n{_case(case)}" for case in cases)
    return _element("testsuite", lines + "\n" if lines else "", attributes)


def _case(case: Case) -> str:
    attributes = {"classname": case.group, "name": case.name}
    if case.file:
        attributes["file"] = case.file
    return _element("testcase", _inner(case), attributes)


def _inner(case: Case) -> str:
    text = html.escape(visible(case.text), quote=False)
    if case.outcome == WELL:
        return _element("system-out", text, {}) if text else ""
    attributes = {"message": case.message}
    if case.status:
        attributes["type"] = case.status
    return _element(case.outcome, text, attributes)


def _element(name: str, inner: str, attributes: Mapping[str, str]) -> str:
    # A reader takes the end of a line in an attribute for a space.
    texts = {key: html.escape(visible(value)).replace("\n", "&#10;") for key, value in attributes.items()}
    given = "".join(f' {key}="{text}"' for key, text in texts.items())
    return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"
