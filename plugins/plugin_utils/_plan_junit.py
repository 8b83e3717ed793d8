# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A plan document as JUnit's XML: a suite for each environment, a case for each object. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ansible_collections.community.dynatrace.plugins.plugin_utils import _plan_words as words
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    DRIFT,
    NOT_REACHED,
    REFUSED,
    UNCHANGED,
    WRONG,
)

# What XML 1.0 cannot hold, not even escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(document: Mapping[str, Any]) -> str:
    """What differs is a failure to drift; to a plan, what cannot be applied is. What could not be planned is an error."""
    suites = [_suite(document, environment) for environment in document["environments"]]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>", ""])


def _suite(document: Mapping[str, Any], environment: Mapping[str, Any]) -> str:
    cases = [_case(document, row) for row in environment["objects"]]
    message = environment["message"]
    if message:
        error = _element("error", "", {"message": message})
        cases.append(("error", _element("testcase", error, {"classname": "", "name": "all objects"})))
    kinds = [kind for kind, _text in cases]
    lines = "\n".join(text for _kind, text in cases)
    attributes = {
        "name": environment["name"] or "settings",
        "tests": str(len(cases)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }
    return _element("testsuite", f"\n{lines}\n" if lines else "", attributes)


def _case(document: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, str]:
    """The kind of its outcome, empty if it is well, and the element."""
    kind = _kind(document["view"], row["status"])
    attributes = {"classname": row["schema_id"] or "", "name": f"{words.name_of(row)}{_scope(row)}"}
    if row["file"]:
        attributes["file"] = row["file"]
    return kind, _element("testcase", _said(document, row, kind), attributes)


def _said(document: Mapping[str, Any], row: Mapping[str, Any], kind: str) -> str:
    """The element that says what became of the case, if anything is to be said."""
    says = words.SAYS[document["view"]][row["status"]]
    message = ": ".join(filter(None, [says, ", ".join(words.properties_of(row))]))
    errors = words.errors_of(row)
    if kind == "skipped":
        return _element("skipped", "", {"message": says})
    if kind:
        return _element(kind, _text("\n".join(errors)), {"message": (errors or [message])[0], "type": row["status"]})
    return "" if row["status"] == UNCHANGED else _element("system-out", _text(message), {})


def _kind(view: str, status: str) -> str:
    if status == WRONG:
        return "error"
    if status == NOT_REACHED:
        return "skipped"
    is_failure = status == REFUSED or (view == DRIFT and status != UNCHANGED)
    return "failure" if is_failure else ""


def _scope(row: Mapping[str, Any]) -> str:
    scope = row["scope"]
    return f" ({scope})" if scope and scope != "environment" else ""


def _element(name: str, inner: str, attributes: Mapping[str, str]) -> str:
    given = "".join(f" {key}={quoteattr(_possible(value))}" for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"


def _text(text: str) -> str:
    return escape(_possible(text))


def _possible(text: str) -> str:
    return _IMPOSSIBLE.sub("\ufffd", text)
