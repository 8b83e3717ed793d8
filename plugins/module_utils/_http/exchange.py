# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""One try of one request: what is sent, and what comes back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from .._errors import InputError, TransportError
from . import answers
from .bounds import BoundedAdapter, Watch, check_size, watched
from .failure import FailureError, failure_of
from .library import HTTPError, requests
from .tls import check_files

_CHUNK = 64 * 1024
_CHUNK_OF_OLD_URLLIB3 = 256
# What is asked for and unpacked. Others, and several at once, unfold to more than can be counted on the way.
_ENCODINGS = "gzip, deflate"
_KNOWN_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


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


class Exchange:
    """One session: a pool of connections, and what is the same for each request. Safe for use by several threads."""

    def __init__(self, transport: Transport) -> None:
        check_files(
            transport.ca_path if transport.validate_certs else None, transport.client_cert, transport.client_key
        )
        self._transport = transport
        self._session = requests.Session()
        self._session.headers["User-Agent"] = transport.user_agent
        self._session.headers["Accept-Encoding"] = _ENCODINGS
        # Redirects are not followed, but requests would look at the target all the same, and stumble over a bad one.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        adapter = BoundedAdapter(pool_connections=2, pool_maxsize=max(transport.threads, 1), max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if transport.client_cert:
            key = transport.client_key
            self._session.cert = (transport.client_cert, key) if key else transport.client_cert

    def close(self) -> None:
        self._session.close()

    def once(self, request: Request, authentication: Callable[[Any], Any], deadline: float) -> Answer:
        """The answer, whatever its status. Raises FailureError when there is none. ``authentication``: signs the request.

        ``deadline``: of the last byte, by the monotonic clock. Until then the transport's ``timeout`` is for each silence.
        """
        _rewind(request)
        with watched(Watch(deadline, is_write=not request.is_read)) as watch:
            try:
                return self._answer(request, authentication, min(self._transport.timeout, watch.left()))
            except (requests.exceptions.RequestException, HTTPError) as error:
                raise failure_of(error, watch.is_sent) from error
            except UnicodeError as error:
                raise InputError(
                    f"{request.url!a} cannot be sent: it, or what goes with it, holds half of a surrogate pair"
                ) from error
            except OSError as error:
                if error.errno is not None:
                    raise  # of a file that is sent, or of the sink
                # How requests says that there is no such file.
                raise InputError(f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE: {error}") from error

    def _answer(self, request: Request, authentication: Callable[[Any], Any], timeout: float) -> Answer:
        with self._session.request(
            request.method,
            request.url,
            params=_query(request.params),
            data=request.body,
            headers={"Accept": "application/json; charset=utf-8, application/json", **(request.headers or {})},
            auth=authentication,
            timeout=timeout,
            verify=self._transport.verify,
            # Plain http is for this machine alone; a proxy would see the token.
            proxies={"http": "", "all": ""} if request.url.startswith("http:") else None,
            allow_redirects=False,
            stream=True,
        ) as response:
            content = self._content(response, request)
            sent = response.request.headers.get("Authorization", "")
            return Answer(response.status_code, response.headers, content, sent)

    def _content(self, response: Any, request: Request) -> Any:
        """The decoded body. Of a refusal the status is enough, should its body not arrive."""
        status = response.status_code
        if status < 200:
            raise FailureError(f"the answer has the interim status {status}, and no final one follows")
        try:
            decoded = answers.decode(self._read(response, request))
        except (FailureError, HTTPError):
            if status < 300:
                raise
            return None
        if status < 300 and answers.is_damaged(decoded, response.headers.get("Content-Type", "")):
            raise FailureError("the answer was cut off or damaged, or its JSON is not what the API sends")
        return decoded

    def _read(self, response: Any, request: Request) -> bytes:
        """The body, unpacked; empty when it went to the sink."""
        sink = request.sink if response.status_code < 300 else None
        if sink is not None and answers.is_page(response.headers.get("Content-Type", "")):
            raise not_the_api(request, "a page")
        if response.headers.get("Content-Encoding", "").strip().lower() not in _KNOWN_ENCODINGS:
            raise FailureError("the answer has a content encoding that was not requested", permanent=True)
        kept = io.BytesIO()
        target = kept if sink is None else sink
        size = 0
        for chunk in _chunks(response.raw):
            size += len(chunk)
            check_size(size)
            target.write(chunk)
        _check_end(response)
        return kept.getvalue()


def _rewind(request: Request) -> None:
    """For another try."""
    if request.body is not None and not isinstance(request.body, bytes):
        request.body.seek(0)
    if request.sink is not None:
        request.sink.seek(0)
        request.sink.truncate()


def _check_end(response: Any) -> None:
    """Old versions of urllib3 do not look whether all that was announced has come."""
    if response.status_code == 204:
        return
    expected, received = response.headers.get("Content-Length", ""), response.raw.tell()
    # http.client takes a head that breaks off for a whole one. What ends with the connection, and is nothing, is not an answer of the
    # API's; of a refusal the status is enough, for whoever reads it.
    if not received and not response.headers.keys() & {"Content-Length", "Transfer-Encoding"}:
        raise FailureError("the answer was cut off in its head")
    # urllib3 itself takes a length of more digits for none.
    if re.fullmatch("[0-9]{1,18}", expected) and received < int(expected):
        raise FailureError(f"the answer was cut off after {received} of {expected} bytes")


def not_the_api(request: Request, got: str) -> TransportError:
    return TransportError(
        f"{request.method} {request.url} answered with {got}: is {request.address_option} the right address, and no "
        "login page or proxy in between?",
        request.method,
        request.url,
    )


def _query(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """With booleans as the API writes them. A list stands for a parameter that is given several times."""
    return {name: _word(value) for name, value in (params or {}).items()}


def _word(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_word(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else value


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
