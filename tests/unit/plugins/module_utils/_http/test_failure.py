# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What exceptions of requests and urllib3 mean, by values."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import requests
import urllib3
from ansible_collections.community.dynatrace.plugins.module_utils._http.failure import failure_of

POOL: Any = urllib3.HTTPSConnectionPool("dt.example.com", 443)
FAILURES = requests.exceptions
UNTRUSTED = FAILURES.SSLError(ssl.SSLError("certificate verify failed: self-signed certificate (_ssl.c:1)"))
NO_TLS = FAILURES.SSLError(ssl.SSLError("[SSL] record layer failure (_ssl.c:1)"))


def retried(reason: Exception) -> urllib3.exceptions.MaxRetryError:
    return urllib3.exceptions.MaxRetryError(POOL, "/x", reason)


@pytest.mark.parametrize("is_sent", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        FAILURES.ConnectTimeout("HTTPSConnectionPool(host='a', port=443): Connection to a timed out."),
        FAILURES.ConnectionError("reset"),
        FAILURES.ReadTimeout("slow"),
        FAILURES.ProxyError(retried(urllib3.exceptions.ProxyError("no", OSError("refused")))),
        urllib3.exceptions.ProtocolError("broken"),
        UNTRUSTED,
        NO_TLS,
    ],
    ids=lambda error: type(error).__name__,
)
def test_whether_it_was_sent_is_known_and_not_guessed(error: Any, is_sent: bool) -> None:
    assert failure_of(error, is_sent).sent is is_sent


@pytest.mark.parametrize(
    ("error", "is_sent", "text", "permanent", "timed_out"),
    [
        (UNTRUSTED, False, "the server's certificate is not trusted", True, False),
        # A garbled answer is not a reason to say that nothing was sent.
        (NO_TLS, False, "the server does not speak TLS there", True, False),
        (NO_TLS, True, "record layer failure", False, False),
        (FAILURES.ReadTimeout("x"), True, "no answer in time (option timeout)", False, True),
        (FAILURES.ReadTimeout("x"), False, "no answer in time (option timeout)", False, False),
        (FAILURES.ConnectionError(retried(OSError("refused"))), False, "refused", False, False),
        (FAILURES.ConnectionError("<urllib3.Connection object at 0x7f>: refused"), False, "refused", False, False),
        (FAILURES.ConnectionError("HTTPSConnection(host='a', port=1): refused"), False, "refused", False, False),
        (FAILURES.ConnectionError(), True, "", False, False),
        (FAILURES.ConnectionError("a" * 99_999), True, "a" * 300 + "…", False, False),
        (
            FAILURES.ProxyError(retried(urllib3.exceptions.ProxyError("no", OSError("refused")))),
            False,
            "the proxy cannot be reached or refuses: refused",
            False,
            False,
        ),
        (FAILURES.ProxyError("refused"), False, "the proxy cannot be reached or refuses: refused", False, False),
        (urllib3.exceptions.DecodeError("x"), True, "the answer was cut off or damaged", False, False),
        (urllib3.exceptions.DecodeError("x"), False, "the answer was cut off or damaged", False, False),
        (FAILURES.ChunkedEncodingError("x"), True, "the answer was cut off or damaged", False, False),
        (FAILURES.InvalidURL("x"), False, "InvalidURL: the request could not be built", True, False),
        (FAILURES.InvalidHeader("x"), False, "InvalidHeader: the request could not be built", True, False),
    ],
)
def test_what_is_said_of_it(error: Any, is_sent: bool, text: str, permanent: bool, timed_out: bool) -> None:
    failure = failure_of(error, is_sent)
    assert text in failure.text
    assert len(failure.text) <= 400
    assert (failure.sent, failure.permanent, failure.timed_out) == (is_sent, permanent, timed_out)
