# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""One try of one request: what is sent, what comes back, and what it means when nothing does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, TransportError
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import (
    HTTPAdapter,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    requests,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.tls import check_files, final_failure

_CHUNK = 64 * 1024
_CHUNK_OF_OLD_URLLIB3 = 256
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
class Request:
    """What is sent. ``is_read``: it changes nothing on the server, whatever its method. ``sink`` takes the answer's body."""

    method: str
    url: str
    params: Mapping[str, Any] | None = None
    body: bytes | IO[bytes] | None = None
    headers: Mapping[str, str] | None = None
    is_read: bool = False
    anonymous: bool = False
    sink: IO[bytes] | None = None

    @property
    def address_option(self) -> str:
        """The option that the user would have to change if it is the wrong server."""
        return "oauth_token_url" if self.anonymous else "environment_url"


@dataclass(frozen=True)
class Answer:
    """``content``: the decoded body, None without one. ``authorization``: the header that the request was sent with."""

    status: int
    headers: Mapping[str, str]
    content: Any
    authorization: str


class FailureError(Exception):
    """No answer. ``sent`` False: surely nothing reached the server; ``permanent``: trying again is of no use.

    ``timed_out``: the server may still be at work on it.
    """

    def __init__(self, text: str, sent: bool = True, permanent: bool = False, timed_out: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.sent = sent
        self.permanent = permanent
        self.timed_out = timed_out


class Exchange:
    """One session: a pool of connections, and what is the same for each request. Safe for use by several threads."""

    def __init__(self, transport: Transport) -> None:
        check_files(
            transport.ca_path if transport.validate_certs else None, transport.client_cert, transport.client_key
        )
        self._transport = transport
        self._session = requests.Session()
        self._session.headers["User-Agent"] = transport.user_agent
        # Redirects are not followed, but requests would look at the target all the same, and stumble over a bad one.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=max(transport.threads, 1), max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if transport.client_cert:
            key = transport.client_key
            self._session.cert = (transport.client_cert, key) if key else transport.client_cert

    def close(self) -> None:
        self._session.close()

    def once(self, request: Request, authentication: Callable[[Any], Any], deadline: float) -> Answer:
        """The answer, whatever its status. Raises FailureError when there is none. ``authentication``: signs the request."""
        if request.body is not None and not isinstance(request.body, bytes):
            request.body.seek(0)
        if request.sink is not None:
            request.sink.seek(0)
            request.sink.truncate()
        try:
            with self._session.request(
                request.method,
                request.url,
                params=_query(request.params),
                data=request.body,
                headers={"Accept": "application/json; charset=utf-8, application/json", **(request.headers or {})},
                auth=authentication,
                timeout=self._transport.timeout,
                verify=self._transport.verify,
                # Plain http is for this machine alone; a proxy would see the token.
                proxies={"http": "", "all": ""} if request.url.startswith("http:") else None,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._content(response, request, deadline)
                sent = response.request.headers.get("Authorization", "")
                return Answer(response.status_code, response.headers, content, sent)
        except (requests.exceptions.RequestException, HTTPError) as error:
            raise _failure_of(error) from error
        except OSError as error:
            if error.errno is not None:
                raise  # of a file that is sent, or of the sink
            # How requests says that there is no such file.
            raise InputError(f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE: {error}") from error

    def _content(self, response: Any, request: Request, deadline: float) -> Any:
        """The decoded body. Of a refusal the status is enough, should its body not arrive."""
        try:
            decoded = answers.decode(self._read(response, request, deadline))
        except (FailureError, HTTPError):
            if response.status_code < 300:
                raise
            return None
        if response.status_code < 300 and answers.is_damaged(decoded, response.headers.get("Content-Type", "")):
            raise FailureError("the answer was cut off or damaged")
        return decoded

    def _read(self, response: Any, request: Request, deadline: float) -> bytes:
        """The body; a server that sends it byte by byte is cut off at the deadline, which no time-out of requests does."""
        sink = request.sink if response.status_code < 300 else None
        if sink is not None and response.headers.get("Content-Type", "").startswith("text/html"):
            raise not_the_api(request, "a page")
        chunks = []
        for chunk in _chunks(response.raw):
            if _clock.monotonic() > deadline:
                raise FailureError("the answer did not end in time", timed_out=True)
            if sink is not None:
                sink.write(chunk)
            else:
                chunks.append(chunk)
        expected, received = response.headers.get("Content-Length", ""), response.raw.tell()
        if response.status_code != 204 and expected.isdigit() and received < int(expected):
            raise FailureError(f"the answer was cut off after {received} of {expected} bytes")
        return b"".join(chunks)


def not_the_api(request: Request, got: str) -> TransportError:
    return TransportError(
        f"{request.method} {request.url} answered with {got}: is {request.address_option} the right address, and no "
        "login page or proxy in between?",
        request.method,
        request.url,
    )


def _query(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """With booleans as the API writes them. A list stands for a parameter that is given several times."""

    def word(value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value

    return {
        name: [word(one) for one in value] if isinstance(value, (list, tuple)) else word(value)
        for name, value in (params or {}).items()
    }


def _chunks(raw: Any) -> Iterator[bytes]:
    """The decoded body as it comes in. Only urllib3 from 2.2 on gives what is there without waiting for a whole chunk."""
    if not hasattr(raw, "read1"):
        yield from raw.stream(_CHUNK_OF_OLD_URLLIB3, decode_content=True)
        return
    while True:
        chunk = raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            return
        yield chunk


def unsigned(request: Any) -> Any:
    """No Authorization header, and none from .netrc."""
    return request


def _failure_of(error: Any) -> FailureError:
    """What an exception of requests or urllib3 means for the question whether to try again."""
    kinds = requests.exceptions
    final = final_failure(str(error)) if isinstance(error, kinds.SSLError) else None
    if final:
        return FailureError(final, sent=False, permanent=True)
    if isinstance(error, kinds.ConnectTimeout):
        return FailureError(_reason(error), sent=False)
    if isinstance(error, kinds.ProxyError):
        cause = getattr(getattr(error.args[0], "reason", None), "original_error", error)
        # urllib3 1.26 says the same when the connection breaks long after the proxy let the request pass.
        return FailureError(
            f"no way through the proxy: {_OWNER.sub('', str(cause))}", isinstance(cause, ConnectionError)
        )
    if isinstance(error, (kinds.Timeout, ReadTimeoutError)):
        return FailureError("no answer in time (option timeout)", timed_out=True)
    if isinstance(error, kinds.ConnectionError):
        cause = getattr(error.args[0] if error.args else None, "reason", None)
        return FailureError(_reason(error), sent=not isinstance(cause, NewConnectionError))
    if isinstance(error, HTTPError):
        return FailureError("the answer was cut off or damaged")
    # What is left was refused by requests itself, before sending: an address or a header that is none.
    return FailureError(f"{type(error).__name__}: the request could not be built", sent=False, permanent=True)


def _reason(error: Any) -> str:
    """The innermost cause in words, without the memory addresses that urllib3 prints."""
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", None) or cause
    return _OWNER.sub("", str(cause))
