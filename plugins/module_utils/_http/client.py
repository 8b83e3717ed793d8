# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The client that all modules share: one pooled session, one policy for retries, limits and errors.

It knows no resource of the API. Paths begin with the API's version: ``/v2/settings/objects``; those of the platform's own
services with ``/platform/``.

What may be sent again: reads (validations too) after connection errors, time-outs, 408, 429, 500, 502, 503, 504 and a damaged
answer; writes only after 429, 503 and failures before anything was sent. Any other failure of a write that may have reached
the server is a LostAnswerError: whoever sent it reads first, then decides.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit

from .. import _clock
from .._errors import ApiError, InputError, LostAnswerError, RequestError, TransportError
from .._text import cut
from . import answers
from .auth import Authentication
from .exchange import Answer, Exchange, Request, Transport, not_the_api, unsigned
from .failure import FailureError
from .paging import rows_of_pages
from .retry import Pause, delay
from .shape import Part, Reader, ShapeError, Value, nothing
from .url import resolve

JSON_TYPE = "application/json; charset=utf-8"
# Characters of what a server says that a message repeats.
_SHOWN = 300
# Characters that no name or id has, and that must not get into a path.
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ALWAYS_AGAIN = frozenset({429, 503})
_READS_AGAIN = _ALWAYS_AGAIN | {408, 500, 502, 504}
# The server has ended its work on a write, well or badly; any other of these may come from a proxy that did not wait for that.
_AT_ITS_END = frozenset({500, 501})


@dataclass(frozen=True)
class Dialect:
    """How another API has the same resources: ``request`` gives its path and parameters, ``lists`` its names for lists in answers,
    ``page_keys`` the parameter that asks for the next page. Of several names all are sent, and the first alone if that is refused.
    """

    request: Callable[[str, Mapping[str, Any] | None], tuple[str, Mapping[str, Any] | None]] = lambda path, params: (
        path,
        params,
    )
    lists: Mapping[str, str] = field(default_factory=dict)
    page_keys: Sequence[str] = ("nextPageKey",)


class Client:
    """Requests to one environment. Safe for use by several threads."""

    def __init__(self, environment_url: str, authentication: Authentication, transport: Transport) -> None:
        self._urls = resolve(environment_url, authentication.for_platform)
        self._auth = authentication
        self._transport = transport
        self._dialect = Dialect()
        self._pause = Pause()
        # What was read and holds as long as the client: schemas above all. It belongs to those who read it.
        self.memory: dict[Any, Any] = {}
        self._exchange = Exchange(transport)

    @property
    def retries(self) -> int:
        """How often the user wants things tried again; also for those who reconcile a lost answer."""
        return self._transport.retries

    @property
    def environment_id(self) -> str:
        """Of the environment that requests go to, however its address is written."""
        return self._urls.environment_id

    def speaking(self, dialect: Dialect) -> Client:
        """This client, session, token and limits, for whom paths and parameters mean what ``dialect`` says."""
        other = copy.copy(self)
        other._dialect = dialect
        return other

    def url(self, path: str) -> str:
        """The whole address of ``path``, for errors."""
        return self._address(path)[0]

    def _address(self, path: str, params: Mapping[str, Any] | None = None) -> tuple[str, Mapping[str, Any] | None]:
        path, params = self._dialect.request(path, params)
        return self._urls.of(path), params

    def close(self) -> None:
        self._exchange.close()

    def get(self, path: str, params: Mapping[str, Any] | None, read: Reader[Value]) -> Value:
        """What ``read`` makes of the answer, as in all methods that take one."""
        return self._read(Request("GET", *self._address(path, params), is_read=True), read)

    def post(
        self, path: str, body: Any, read: Reader[Value], params: Mapping[str, Any] | None = None, is_read: bool = False
    ) -> Value:
        """``is_read``: a validator or another request that stores nothing."""
        return self._read(self._with_json("POST", path, body, params, is_read), read)

    def put(
        self, path: str, body: Any, read: Reader[Value], params: Mapping[str, Any] | None = None, is_read: bool = False
    ) -> Value:
        return self._read(self._with_json("PUT", path, body, params, is_read), read)

    def delete(self, path: str, params: Mapping[str, Any] | None = None, read: Reader[Any] = nothing) -> None:
        """The API documents an empty answer for most that can be deleted; ``read`` tells what else there must be."""
        self._read(Request("DELETE", *self._address(path, params)), read)

    def upload(
        self,
        path: str,
        stream: IO[bytes],
        content_type: str,
        read: Reader[Value],
        params: Mapping[str, Any] | None = None,
        is_read: bool = False,
    ) -> Value:
        """Sends a file without reading it into memory; it is rewound before each try."""
        headers = {"Content-Type": content_type}
        return self._read(Request("POST", *self._address(path, params), stream, headers, is_read), read)

    def download(self, path: str, sink: IO[bytes], accept: str = "application/octet-stream") -> None:
        """Writes the answer's body into ``sink``, which is emptied before each try."""
        self._send(Request("GET", self.url(path), headers={"Accept": accept}, is_read=True, sink=sink))

    def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        is_read: bool = False,
    ) -> Answer:
        """Any request, and all of its answer, which may be empty, and a text as well as JSON. A page is not the API's."""
        request = Request(method, *self._address(path, params), body, headers, is_read)
        answer = self._send(request)
        if isinstance(answer.content, str) and answers.is_page(answer.headers.get("Content-Type", ""), answer.content):
            raise self._not_the_api(request, "a page")
        return answer

    @property
    def is_platform(self) -> bool:
        """Whether the services of the platform can be reached: by a platform token or OAuth alone."""
        return self._auth.for_platform

    def pages(self, path: str, params: Mapping[str, Any], items: str, read: Reader[Value]) -> Iterator[Value]:
        """What ``read`` makes of each row under the key ``items``, of all pages (API facts, 0.6).

        The key of a page goes alone: anything beside it is a 400.
        """
        property_name = self._dialect.lists.get(items, items)

        def page(answer: Part) -> tuple[list[Value], str | None]:
            rows = [read(row) for row in answer.required_parts(property_name)]
            return rows, answer.optional_text("nextPageKey")

        def fetch(key: str | None) -> tuple[list[Value], str | None]:
            return self.get(path, params, page) if key is None else self._next_page(path, key, page)

        def refuse(text: str) -> TransportError:
            url = self.url(path)
            return TransportError(f"GET {url} {text}", "GET", url)

        return rows_of_pages(fetch, refuse)

    def _next_page(self, path: str, key: str, read: Reader[Value]) -> Value:
        names = self._dialect.page_keys
        try:
            return self.get(path, dict.fromkeys(names, key), read)
        except ApiError as error:
            if error.status != 400 or len(names) == 1:
                raise
        return self.get(path, {names[0]: key}, read)

    def wait_before_retry(self, attempt: int) -> None:
        """Back-off between two tries of whoever reconciles a lost answer or a conflict."""
        _clock.sleep(delay(attempt, {}, self._transport.retry_max_delay, _clock.now()))

    def _with_json(self, method: str, path: str, body: Any, params: Mapping[str, Any] | None, is_read: bool) -> Request:
        """``body`` None: the request has none, which is something else than null."""
        if body is None:
            return Request(method, *self._address(path, params), is_read=is_read)
        try:
            content = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise InputError(
                f"the body for {method} {self.url(path)} is not JSON: it holds NaN or infinity, or is nested too deeply"
            ) from None
        return Request(method, *self._address(path, params), content, {"Content-Type": JSON_TYPE}, is_read)

    def _read(self, request: Request, read: Reader[Value], deadline: float | None = None) -> Value:
        answer = self._send(request, deadline)
        if isinstance(answer.content, str):
            raise self._not_the_api(request, f"something other than JSON (status {answer.status})")
        try:
            return read(Part(answer.content))
        except ShapeError as error:
            raise self._not_the_api(request, str(error)) from None

    @staticmethod
    def _not_the_api(request: Request, got: str) -> RequestError:
        """Of a write, an answer that does not say what it must: whether something was changed is not known then."""
        error = not_the_api(request, got)
        return error if request.is_read else LostAnswerError(error.msg, error.method, error.url)

    def _send(self, request: Request, deadline: float | None = None) -> Answer:
        """The answer with a status below 300, after as many tries as allowed. ``deadline``: by the monotonic clock."""
        end = _clock.monotonic() + self._transport.deadline if deadline is None else deadline
        renewed = False
        attempt = 0
        while True:
            _clock.check()
            self._pause.wait(end)
            tried = self._tried(request, end)
            if isinstance(tried, Answer):
                return tried
            if tried.refused_token and not renewed and self._auth.renew(tried.refused_token):
                renewed = True  # an answer to a token, not a try of the request
                continue
            self._wait_after(tried, attempt, end)
            attempt += 1

    def _tried(self, request: Request, deadline: float) -> Answer | _Failed:
        """One try."""
        try:
            answer = self._once(request, deadline)
        except FailureError as failure:
            again = not failure.permanent and (request.is_read or not failure.sent)
            return _Failed(self._failed(request, failure), again)
        if answer.status < 300:
            return answer
        is_token_refused = answer.status == 401 and not request.anonymous
        return _Failed(
            self._error(request, answer),
            answer.status in (_READS_AGAIN if request.is_read else _ALWAYS_AGAIN),
            answer.headers,
            answer.status == 429,
            answer.authorization if is_token_refused else "",
        )

    def _wait_after(self, failed: _Failed, attempt: int, deadline: float) -> None:
        """Before the next try, if there is to be one; else raises the error."""
        longest = self._transport.retry_max_delay
        seconds = delay(attempt, failed.headers, longest, _clock.now(), failed.is_throttled)
        is_last = attempt >= self._transport.retries or _clock.monotonic() + seconds > deadline
        if is_last or not failed.again:
            raise failed.error
        if failed.is_throttled:
            self._pause.extend(seconds)
        else:
            _clock.sleep(seconds)

    def _once(self, request: Request, deadline: float) -> Answer:
        if request.anonymous:
            return self._exchange.once(request, unsigned, deadline)
        self._auth.prepare(functools.partial(self._post_form, deadline))
        return self._exchange.once(request, self._auth, deadline)

    def _error(self, request: Request, answer: Answer) -> RequestError:
        if answer.status < 400:
            return TransportError(
                f"{request.method} {request.url} was redirected to {_target(answer)}, which is not followed: "
                f"{request.address_option} is probably wrong",
                request.method,
                request.url,
            )
        refusal = answers.from_decoded(request.method, request.url, answer.status, answer.content)
        is_unclear = answer.status == 408 or answer.status >= 500
        if request.is_read or not is_unclear or answer.status in _ALWAYS_AGAIN:
            return refusal
        return _lost(request, refusal.msg, may_be_late=answer.status not in _AT_ITS_END)

    def _failed(self, request: Request, failure: FailureError) -> RequestError:
        text = f"{request.method} {request.url} failed: {failure.text}"
        if failure.sent and not request.is_read:
            return _lost(request, text, failure.timed_out)
        if not failure.sent and not failure.permanent:
            text += f" (check {request.address_option}, and the proxy variables where one is needed)"
        return TransportError(text, request.method, request.url)

    def _post_form(self, deadline: float, url: str, form: dict[str, str]) -> Any:
        """The answer to OAuth's token request, which has no token of its own, is safe to send again, and has no more time than
        the request that needs the token.
        """
        body = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in form.items()).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            request = Request("POST", url, None, body, headers, is_read=True, anonymous=True)
            return self._read(request, lambda answer: answer.raw, deadline)
        except ApiError as error:
            if error.status not in (400, 401, 403):
                raise
            # Wrong credentials are a 400 there (API facts, 0.2).
            error.msg = (
                f"the token service {url} refused the OAuth client (status {error.status}"
                f"{': ' + error.message if error.message else ''}): check oauth_client_id, oauth_client_secret, "
                "oauth_resource and that the client may have the scopes asked for"
            )
            raise


@dataclass(frozen=True)
class _Failed:
    """A try that brought no answer to go on with. ``again``: whether the request may be sent once more."""

    error: RequestError
    again: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    is_throttled: bool = False
    refused_token: str = ""


def path_segment(text: str) -> str:
    """``text`` as one segment of a path: ids may hold ``:``, ``/`` or a leading ``-``.

    Raises InputError for what would lead to another resource however it is written, and for what no name or id holds.
    """
    if text in ("", ".", ".."):
        raise InputError(f"'{text}' is not a name or id")
    if _NO_TEXT.search(text):
        raise InputError(f"{cut(ascii(text), _SHOWN)} is not a name or id: it holds a character that cannot be printed")
    return quote(text, safe="")


def _lost(request: Request, text: str, may_be_late: bool) -> LostAnswerError:
    return LostAnswerError(text, request.method, request.url, may_be_late)


def _target(answer: Answer) -> str:
    """Where a redirect leads to, without what may be secret in it."""
    try:
        parts = urlsplit(answer.headers.get("Location", ""))
    except ValueError:
        return "nowhere"
    shown = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
    return cut(shown, _SHOWN) or "nowhere"
