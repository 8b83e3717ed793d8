# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From an answer to an error: every shape of body that the API, its front ends and proxies send (API facts, 5)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from .._errors import ApiError, Violation
from .._lists import is_too_deep
from .._text import cut

# Each in linear time, since what is matched comes from a server.
_TITLE = re.compile(r"</?title[^<>]*>", re.IGNORECASE)
_SCOPE = re.compile(r"required scopes?\.\s*Use one of:\s*(.+)$", re.IGNORECASE | re.DOTALL)
# A pair of surrogates, half of one, or the escape of something else.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
_LENGTH_OF_HALF = len(r"\ud800")
# Characters of a text without an error object, of a page in which to look for its title, and of an error's own message.
_TEXT_LIMIT = 300
_PAGE_LIMIT = 10_000
_MESSAGE_LIMIT = 10_000

_ADVICE = {
    401: "the token was not accepted: check that it is complete, not expired, and of this environment",
    403: "the token lacks a permission for this; see the scopes that the module's documentation names",
    404: "check the name or id, and that environment_url is the environment you mean",
    413: "the request is too large for the server",
    429: "the environment is throttling requests; raise retries or retry_max_delay, or run less at a time",
}


def decode(body: bytes) -> Any:
    """The body as JSON, else its text, else None when it is empty.

    JSON of more than 100 levels counts as a text, and so does what no JSON has: NaN, infinity, numbers too long to be read. Texts
    that cannot be printed or hashed, since they hold half a surrogate pair, have U+FFFD there, as for bytes that are not UTF-8.
    """
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        return None
    try:
        value = json.loads(_without_halves(text), parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return text
    return text if is_too_deep(value) else value


def _without_halves(text: str) -> str:
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(_without_half, text)


def _without_half(escape: re.Match[str]) -> str:
    is_half = len(escape[0]) == _LENGTH_OF_HALF
    return "\ufffd" if is_half else escape[0]


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def is_damaged(decoded: Any, content_type: str = "") -> bool:
    """Whether ``decode`` gave a text that began as JSON, and is not called something else: JSON line by line above all."""
    is_json = not content_type or re.search(r"[/+]json\b", content_type, re.IGNORECASE) is not None
    return is_json and isinstance(decoded, str) and decoded[:1] in ("{", "[")


def is_page(content_type: str, text: str = "") -> bool:
    """Whether an answer is called a page, as login services and proxies send it, or JSON although its ``text`` begins as a page does."""
    kinds = ("application/json",) if text.startswith("<") else ()
    return content_type.strip().lower().startswith(("text/html", "application/xhtml", *kinds))


def from_decoded(method: str, url: str, status: int, decoded: Any) -> ApiError:
    """The error that an answer with ``status`` >= 400 stands for, or one item of an array. ``decoded``: its body."""
    errors = list(_errors_in(decoded))
    messages = [_text(error.get("message")) for error in errors]
    message = cut("; ".join(dict.fromkeys(filter(None, messages))), _MESSAGE_LIMIT) or _plain(decoded)
    violations = [violation for error in errors for violation in _violations(error)]
    missing = _missing_scopes(message, errors)
    return ApiError(
        _sentence(method, url, status, message, violations, missing),
        method,
        url,
        status,
        message,
        next(_codes(errors), None),
        violations,
        decoded,
    )


def _errors_in(decoded: Any) -> Iterator[Mapping[str, Any]]:
    """Envelope, array of envelopes or of SettingsObjectResponse, a single one of those, or OAuth's own shape."""
    if isinstance(decoded, list):
        for item in decoded:
            yield from _errors_in(item)
    elif isinstance(decoded, Mapping):
        error = decoded.get("error")
        if isinstance(error, Mapping):
            yield error
        elif isinstance(error, str):
            description = _text(decoded.get("error_description"))
            yield {"message": f"{error}: {description}" if description else error}
        elif "message" in decoded:
            yield decoded


def _codes(errors: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    for error in errors:
        code = error.get("code")
        if isinstance(code, int) and not isinstance(code, bool):
            yield code


def _details(error: Mapping[str, Any]) -> Mapping[str, Any]:
    details = error.get("details")
    return details if isinstance(details, Mapping) else {}


def _violations(error: Mapping[str, Any]) -> Iterator[Violation]:
    rows = error.get("constraintViolations") or _details(error).get("constraintViolations")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping):
            yield Violation(
                _text(row.get("path")) or None,
                _text(row.get("message")),
                _text(row.get("parameterLocation")) or None,
                _text(row.get("location")) or None,
            )


def _missing_scopes(message: str, errors: Iterable[Mapping[str, Any]]) -> str | None:
    named = _SCOPE.search(message)
    if named:
        return named.group(1).strip().rstrip(".")
    for error in errors:
        scopes = _details(error).get("missingScopes")
        if scopes:
            return ", ".join(map(_text, scopes)) if isinstance(scopes, list) else _text(scopes)
    return None


def _plain(decoded: Any) -> str:
    """What a body without an error object says: the title of a page, a text, or nothing."""
    if not isinstance(decoded, str):
        return ""
    parts = _TITLE.split(decoded[:_PAGE_LIMIT], maxsplit=2)
    if len(parts) > 2:
        import html  # here, since its tables cost each module some milliseconds, and few answers are a page

        return " ".join(html.unescape(cut(parts[1], _TEXT_LIMIT)).split())
    return "" if decoded.startswith("<") else cut(decoded, _TEXT_LIMIT)


def _sentence(
    method: str, url: str, status: int, message: str, violations: Iterable[Violation], missing: str | None
) -> str:
    text = f"{method} {url} failed with status {status}"
    reasons = [message] if message else []
    reasons += [f"{entry.path}: {entry.message}" if entry.path else entry.message for entry in violations]
    if reasons:
        text += ": " + "; ".join(reasons)
    if missing:
        return f"{text}. Give the token the scope {missing}"
    advice = _ADVICE.get(status)
    return f"{text} ({advice})" if advice else text


def _text(value: Any) -> str:
    """Of a field that should be a text, whatever it is."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return cut(text, _MESSAGE_LIMIT)
