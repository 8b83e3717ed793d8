# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From an answer to an error: every shape of body that the API, its front ends and proxies send (FACTS section 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, Violation

_TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_SCOPE = re.compile(r"required scopes?\.\s*Use one of:\s*(.+)$", re.IGNORECASE | re.DOTALL)
_TEXT_LIMIT = 300

_ADVICE = {
    401: "the token was not accepted: check that it is complete, not expired, and of this environment",
    404: "check the name or id, and that environment_url is the environment you mean",
    413: "the request is too large for the server",
    429: "the environment is throttling requests; raise retries or retry_max_delay, or run less at a time",
}


def decode(body: bytes) -> Any:
    """The body as JSON, else its text, else None when it is empty."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def is_damaged(decoded: Any, content_type: str = "") -> bool:
    """Whether ``decode`` gave a text that began as JSON, and is not called something else: JSON line by line above all."""
    is_json = not content_type or re.search(r"[/+]json\b", content_type, re.IGNORECASE) is not None
    return is_json and isinstance(decoded, str) and decoded[:1] in ("{", "[")


def refusal(method: str, url: str, status: int, body: bytes) -> ApiError:
    """The error that an answer with ``status`` >= 400 stands for."""
    return from_decoded(method, url, status, decode(body))


def from_decoded(method: str, url: str, status: int, decoded: Any) -> ApiError:
    """As refusal, from a decoded body, or from one item of an array."""
    found = list(_errors_in(decoded))
    messages = [text for text in (_text(one.get("message")) for one in found) if text]
    violations = [violation for one in found for violation in _violations(one)]
    message = "; ".join(dict.fromkeys(messages)) or _plain(decoded)
    codes = [one["code"] for one in found if isinstance(one.get("code"), int)]
    missing = _missing_scopes(message, found)
    return ApiError(
        _sentence(method, url, status, message, violations, missing),
        method,
        url,
        status,
        message,
        codes[0] if codes else None,
        violations,
        decoded,
    )


def _errors_in(decoded: Any) -> Iterable[Mapping[str, Any]]:
    """Envelope, array of envelopes or of SettingsObjectResponse, a single one of those, or OAuth's own shape."""
    if isinstance(decoded, list):
        for item in decoded:
            yield from _errors_in(item)
    elif isinstance(decoded, Mapping):
        error = decoded.get("error")
        if isinstance(error, Mapping):
            yield error
        elif isinstance(error, str):
            yield {"message": ": ".join(str(part) for part in (error, decoded.get("error_description")) if part)}
        elif "message" in decoded:
            yield decoded


def _violations(error: Mapping[str, Any]) -> Iterable[Violation]:
    details = error.get("details")
    nested = details.get("constraintViolations") if isinstance(details, Mapping) else None
    entries = error.get("constraintViolations") or nested
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping):
            yield Violation(
                _text(entry.get("path")) or None,
                _text(entry.get("message")),
                entry.get("parameterLocation"),
                entry.get("location"),
            )


def _missing_scopes(message: str, errors: Iterable[Mapping[str, Any]]) -> str | None:
    found = _SCOPE.search(message)
    if found:
        return found.group(1).strip().rstrip(".")
    for error in errors:
        details = error.get("details")
        scopes = details.get("missingScopes") if isinstance(details, Mapping) else None
        if scopes:
            return ", ".join(str(scope) for scope in scopes) if isinstance(scopes, list) else str(scopes)
    return None


def _plain(decoded: Any) -> str:
    """What a body without an error object says: the title of a page, a text, or nothing."""
    if not isinstance(decoded, str):
        return ""
    title = _TITLE.search(decoded)
    if title:
        import html  # here, since its tables cost each module some milliseconds, and few answers are a page

        return " ".join(html.unescape(title.group(1)).split())[:_TEXT_LIMIT]
    return "" if decoded.startswith("<") else decoded[:_TEXT_LIMIT]


def _sentence(
    method: str, url: str, status: int, message: str, violations: Iterable[Violation], missing: str | None
) -> str:
    text = f"{method} {url} failed with status {status}"
    said = [message] if message else []
    said += [f"{one.path}: {one.message}" if one.path else one.message for one in violations]
    if said:
        text += ": " + "; ".join(said)
    if missing:
        return f"{text}. Give the token the scope {missing}"
    advice = _ADVICE.get(status)
    if status == 403:
        advice = "the token lacks a permission for this; see the scopes that the module's documentation names"
    return f"{text} ({advice})" if advice else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
