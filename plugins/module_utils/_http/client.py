# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The client that all modules share: one pooled session, one policy for retries, limits and errors.

It knows no resource of the API. Paths begin with the API's version: ``/v2/settings/objects``.

What may be sent again: reads (validations too) after connection errors, time-outs, 429, 500, 502, 503, 504 and a damaged
answer; writes only after 429, 503 and failures before anything was sent. Any other failure of a write that may have reached
the server is a LostAnswerError: whoever sent it reads first, then decides.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    RequestError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import Authentication
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import (
    HTTPAdapter,
    NewConnectionError,
    requests,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.retry import Pause, delay
from ansible_collections.community.dynatrace.plugins.module_utils._http.url import resolve

JSON_TYPE = "application/json; charset=utf-8"
_ALWAYS_AGAIN = frozenset({429, 503})
_READS_AGAIN = _ALWAYS_AGAIN | {500, 502, 504}
_CHUNK = 64 * 1024
# What urllib3 puts before a reason: the connection, as an object or as a call.
_OWNER = re.compile(r"^(?:<[^>]*>|HTTPS?Connection\([^)]*\)|HTTPS?ConnectionPool\([^)]*\)): ")


@dataclass(frozen=True)
class Transport:
    """Everything about sending that is not authentication. Times in seconds; ``threads`` is the size of the pool."""

    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    timeout: float = 60.0
    retries: int = 5
    retry_max_delay: float = 60.0
    user_agent: str = "community.dynatrace"
    threads: int = 1

    @property
    def verify(self) -> bool | str:
        """Given with each request: a session's own value loses against REQUESTS_CA_BUNDLE."""
        if not self.validate_certs:
            return False
        return self.ca_path or True

    @property
    def deadline(self) -> float:
        """Seconds that one request may take with all its tries and waits."""
        return (self.retries + 1) * (self.timeout + self.retry_max_delay)


@dataclass(frozen=True)
class _Request:
    """What is sent. ``is_read``: it changes nothing on the server, whatever its method. ``sink`` takes the answer's body."""

    method: str
    url: str
    params: Mapping[str, Any] | None = None
    body: bytes | IO[bytes] | None = None
    headers: Mapping[str, str] | None = None
    is_read: bool = False
    anonymous: bool = False
    sink: IO[bytes] | None = None


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _FailureError(Exception):
    """No answer. ``sent`` False: surely nothing reached the server; ``permanent``: trying again is of no use."""

    def __init__(self, text: str, sent: bool = True, permanent: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.sent = sent
        self.permanent = permanent


class Client:
    """Requests to one environment. Safe for use by several threads."""

    def __init__(self, environment_url: str, authentication: Authentication, transport: Transport) -> None:
        self._urls = resolve(environment_url, authentication.bearer)
        self._auth = authentication
        self._transport = transport
        self._pause = Pause()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = transport.user_agent
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=max(transport.threads, 1), max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if transport.client_cert:
            key = transport.client_key
            self._session.cert = (transport.client_cert, key) if key else transport.client_cert

    @property
    def retries(self) -> int:
        """How often the user wants things tried again; also for those who reconcile a lost answer."""
        return self._transport.retries

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The decoded JSON of an answer."""
        return self._json(_Request("GET", self._urls.of(path), params, is_read=True))

    def post(self, path: str, body: Any, params: Mapping[str, Any] | None = None, is_read: bool = False) -> Any:
        """``is_read``: a validator or another request that stores nothing."""
        return self._json(self._with_json("POST", path, body, params, is_read))

    def put(self, path: str, body: Any, params: Mapping[str, Any] | None = None, is_read: bool = False) -> Any:
        return self._json(self._with_json("PUT", path, body, params, is_read))

    def delete(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self._json(_Request("DELETE", self._urls.of(path), params))

    def upload(
        self,
        path: str,
        stream: IO[bytes],
        content_type: str,
        params: Mapping[str, Any] | None = None,
        is_read: bool = False,
    ) -> Any:
        """Sends a file without reading it into memory; it is rewound before each try."""
        headers = {"Content-Type": content_type}
        return self._json(_Request("POST", self._urls.of(path), params, stream, headers, is_read))

    def download(self, path: str, sink: IO[bytes], accept: str = "application/octet-stream") -> None:
        """Writes the answer's body into ``sink``, which is emptied before each try."""
        self._send(_Request("GET", self._urls.of(path), headers={"Accept": accept}, is_read=True, sink=sink))

    def pages(self, path: str, params: Mapping[str, Any], items: str) -> Iterator[Any]:
        """The rows under the key ``items`` of all pages (FACTS section 0.6).

        A page may be empty and still have a next one; nextPageKey goes alone, anything beside it is a 400.
        """
        query: Mapping[str, Any] = params
        seen: set[str] = set()
        while True:
            answer = self.get(path, query)
            rows = answer.get(items) if isinstance(answer, Mapping) else None
            if not isinstance(rows, list):
                url = self._urls.of(path)
                raise TransportError(f"GET {url} answered without the list '{items}': is it the API?", "GET", url)
            yield from rows
            key = answer.get("nextPageKey")
            if not key:
                return
            if key in seen:
                url = self._urls.of(path)
                raise TransportError(f"GET {url} repeats the page key {key}: its pages would never end", "GET", url)
            seen.add(key)
            query = {"nextPageKey": key}

    def wait_before_retry(self, attempt: int) -> None:
        """Back-off between two tries of whoever reconciles a lost answer or a conflict."""
        time.sleep(delay(attempt, {}, self._transport.retry_max_delay, time.time()))

    def _with_json(
        self, method: str, path: str, body: Any, params: Mapping[str, Any] | None, is_read: bool
    ) -> _Request:
        content = json.dumps(body, separators=(",", ":")).encode()
        return _Request(method, self._urls.of(path), params, content, {"Content-Type": JSON_TYPE}, is_read)

    def _json(self, request: _Request) -> Any:
        answer, failure = self._send(request), None
        decoded = answers.decode(answer.body)
        if isinstance(decoded, str):
            failure = (
                f"{request.method} {request.url} answered with something else than JSON (status {answer.status}): is "
                "environment_url the address of the environment, and no login page or proxy in between?"
            )
            raise TransportError(failure, request.method, request.url)
        return decoded

    def _send(self, request: _Request) -> _Answer:
        """The answer with a status below 300, after as many tries as allowed."""
        deadline = time.monotonic() + self._transport.deadline
        renewed = False
        attempt = 0
        while True:
            self._pause.wait()
            headers: Mapping[str, str] = {}
            try:
                answer = self._once(request, deadline)
                if answer.status < 300:
                    return answer
                if answer.status == 401 and not renewed and not request.anonymous and self._auth.renew():
                    renewed = True  # an answer to a token, not a try of the request
                    continue
                error = self._error(request, answer)
                headers = answer.headers
                again = answer.status in (_READS_AGAIN if request.is_read else _ALWAYS_AGAIN)
            except _FailureError as failure:
                error = self._failed(request, failure)
                again = not failure.permanent and (request.is_read or not failure.sent)
                answer = None
            seconds = delay(attempt, headers, self._transport.retry_max_delay, time.time())
            if not again or attempt >= self._transport.retries or time.monotonic() + seconds > deadline:
                raise error
            attempt += 1
            if answer is not None and answer.status == 429:
                self._pause.extend(seconds)
            else:
                time.sleep(seconds)

    def _once(self, request: _Request, deadline: float) -> _Answer:
        if not request.anonymous:
            self._auth.prepare(self._post_form)
        for stream in (request.body, request.sink):
            if hasattr(stream, "seek"):
                stream.seek(0)
        if request.sink is not None:
            request.sink.truncate()
        try:
            with self._session.request(
                request.method,
                request.url,
                params=request.params,
                data=request.body,
                headers={"Accept": "application/json; charset=utf-8, application/json", **(request.headers or {})},
                auth=_unsigned if request.anonymous else self._auth,
                timeout=self._transport.timeout,
                verify=self._transport.verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._read(response, request, deadline)
                return _Answer(response.status_code, response.headers, body)
        except requests.exceptions.RequestException as error:
            raise _failure_of(error) from error
        except OSError as error:
            # requests checks ca_path and client_cert itself, and says so without an exception of its own.
            raise InputError(f"cannot use a file of ca_path, client_cert or client_key: {error}") from error

    def _read(self, response: Any, request: _Request, deadline: float) -> bytes:
        """The body; a server that sends it byte by byte is cut off at the deadline, which no time-out of requests does."""
        to_sink = request.sink is not None and response.status_code < 300
        chunks = []
        received = 0
        for chunk in response.iter_content(_CHUNK):
            if time.monotonic() > deadline:
                raise _FailureError("the answer did not end in time")
            received += len(chunk)
            if to_sink:
                request.sink.write(chunk)  # type: ignore[union-attr]
            else:
                chunks.append(chunk)
        expected = response.headers.get("Content-Length", "")
        is_plain = not response.headers.get("Content-Encoding")
        if is_plain and request.method != "HEAD" and expected.isdigit() and received < int(expected):
            raise _FailureError(f"the answer was cut off after {received} of {expected} bytes")
        return b"".join(chunks)

    def _error(self, request: _Request, answer: _Answer) -> RequestError:
        if answer.status < 400:
            target = urlunsplit(urlsplit(answer.headers.get("Location", ""))._replace(query="", fragment=""))
            return TransportError(
                f"{request.method} {request.url} was redirected to {target or 'nowhere'}, which is not followed: "
                "environment_url is probably not the address of the environment's API",
                request.method,
                request.url,
            )
        refusal = answers.refusal(request.method, request.url, answer.status, answer.body)
        if request.is_read or answer.status < 500 or answer.status in _ALWAYS_AGAIN:
            return refusal
        return _lost(request, refusal.msg)

    def _failed(self, request: _Request, failure: _FailureError) -> RequestError:
        text = f"{request.method} {request.url} failed: {failure.text}"
        if failure.sent and not request.is_read:
            return _lost(request, text)
        if not failure.sent and not failure.permanent:
            text += " (check environment_url, and the proxy variables where one is needed)"
        return TransportError(text, request.method, request.url)

    def _post_form(self, url: str, form: dict[str, str]) -> Any:
        """OAuth's token request: no token of its own, and safe to send again."""
        body = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in form.items()).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            return self._json(_Request("POST", url, None, body, headers, is_read=True, anonymous=True))
        except ApiError as error:
            if error.status in (400, 401, 403):
                # Wrong credentials are a 400 there (FACTS section 0.2).
                error.msg = (
                    f"the token service {url} refused the OAuth client (status {error.status}"
                    f"{': ' + error.message if error.message else ''}): check oauth_client_id, oauth_client_secret, "
                    "oauth_resource and that the client may have the scopes asked for"
                )
            raise


def path_segment(text: str) -> str:
    """``text`` as one segment of a path: ids may hold ``:``, ``/`` or a leading ``-``."""
    return quote(text, safe="")


def _lost(request: _Request, text: str) -> LostAnswerError:
    return LostAnswerError(f"{text}. Whether it was carried out is unknown", request.method, request.url)


def _unsigned(request: Any) -> Any:
    """No Authorization header, and none from .netrc."""
    return request


def _failure_of(error: Any) -> _FailureError:
    """What an exception of requests means for the question whether to try again."""
    kinds = requests.exceptions
    if isinstance(error, kinds.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        text = "the server's certificate is not trusted; give ca_path, the certificate authority it comes from"
        return _FailureError(text, sent=False, permanent=True)
    if isinstance(error, (kinds.ConnectTimeout, kinds.ProxyError)):
        return _FailureError(_reason(error), sent=False)
    if isinstance(error, kinds.Timeout):
        return _FailureError("no answer in time (option timeout)")
    if isinstance(error, kinds.ConnectionError):
        cause = getattr(error.args[0] if error.args else None, "reason", None)
        return _FailureError(_reason(error), sent=not isinstance(cause, NewConnectionError))
    if isinstance(error, (kinds.ChunkedEncodingError, kinds.ContentDecodingError)):
        return _FailureError("the answer was cut off or damaged")
    # What is left was refused by requests itself, before sending: an address or a header that is none.
    return _FailureError(f"{type(error).__name__}: the request could not be built", sent=False, permanent=True)


def _reason(error: Any) -> str:
    """The innermost cause in words, without the memory addresses that urllib3 prints."""
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", None) or cause
    return _OWNER.sub("", str(cause))
