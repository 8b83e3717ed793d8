# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What it means when one try of a request brings no answer: was anything sent, and is another try of use?"""

from __future__ import annotations

import re
from typing import Any

from .._text import cut
from .library import HTTPError, requests
from .tls import final_failure

# What urllib3 puts before a reason: the connection, as an object or as a call.
_OWNER = re.compile(r"^(?:<[^>]*>|HTTPS?Connection\([^)]*\)|HTTPS?ConnectionPool\([^)]*\)): ")
# A reason may repeat a line of the server's, which may be long.
_MOST_TEXT = 300


class FailureError(Exception):
    """No answer. ``sent`` False: surely nothing reached the server; ``permanent``: another try is of no use.

    ``timed_out``: the server may still be at work on it.
    """

    def __init__(self, text: str, sent: bool = True, permanent: bool = False, timed_out: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.sent = sent
        self.permanent = permanent
        self.timed_out = timed_out


def failure_of(error: Any, is_sent: bool) -> FailureError:
    """For an exception of requests or urllib3. ``is_sent``: whether any byte of the request had left before it."""
    kinds = requests.exceptions
    final = final_failure(str(error)) if isinstance(error, kinds.SSLError) and not is_sent else None
    if final:
        return FailureError(final, sent=False, permanent=True)
    if isinstance(error, kinds.ProxyError):
        cause = getattr(getattr(error.args[0], "reason", None), "original_error", error)
        return FailureError(f"the proxy cannot be reached or refuses: {_without_owner(cause)}", is_sent)
    if isinstance(error, kinds.ReadTimeout):
        return FailureError("no answer in time (option timeout)", is_sent, timed_out=is_sent)
    if isinstance(error, kinds.ConnectionError):
        return FailureError(_reason(error), is_sent)
    if is_sent or isinstance(error, HTTPError):
        return FailureError("the answer was cut off or damaged", is_sent)
    # What is left was refused by requests itself, before sending: an address or a header that is none.
    return FailureError(f"{type(error).__name__}: the request could not be built", sent=False, permanent=True)


def _reason(error: Any) -> str:
    """The innermost cause in words."""
    cause = error.args[0] if error.args else error
    return _without_owner(getattr(cause, "reason", None) or cause)


def _without_owner(cause: Any) -> str:
    """Without the memory addresses that urllib3 prints."""
    return cut(_OWNER.sub("", cut(str(cause), 2 * _MOST_TEXT)), _MOST_TEXT)
