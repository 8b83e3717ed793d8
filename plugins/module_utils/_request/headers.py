# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Headers of the user's own. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._errors import InputError

# What a header can hold.
PRINTABLE = re.compile(r"[ -~]*")
_VALUE = re.compile(r"(?! )[ -~]*(?<! )")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# The client's own business, or another way to say who asks.
_OURS = {
    "authorization": "use the authentication options",
    "cookie": "use the authentication options",
    "host": "it comes from environment_url",
    "content-type": "use content_type",
    "content-length": "it comes from the body",
    "transfer-encoding": "it comes from the body",
    "connection": "connections are the client's",
}


# Says nothing secret, and words of it are in messages.
_OPEN = "accept"


def secret_texts(headers: Mapping[str, Any]) -> set[str]:
    """What nothing may repeat: what a header is for is not known."""
    hidden = set()
    for name, value in headers.items():
        if str(name).lower() != _OPEN:
            hidden.add(str(value))
    return hidden


def checked(given: Mapping[str, Any] | None) -> dict[str, str]:
    """Raises InputError, which never repeats a value."""
    headers = {}
    for name, value in (given or {}).items():
        _check_name(str(name))
        if isinstance(value, (Mapping, list)):
            raise InputError(f"headers: {name!r} is not a header, or has no text as its value")
        headers[str(name)] = str(value)
        if not _VALUE.fullmatch(str(value)):
            raise InputError(f"headers: the value of {name} holds characters that are not allowed in headers")
    return headers


def _check_name(name: str) -> None:
    ours = _OURS.get(name.lower())
    if ours is not None:
        raise InputError(f"headers must not hold {name}: {ours}")
    if not _NAME.fullmatch(name):
        raise InputError(f"headers: {name!r} is not a header, or has no text as its value")
