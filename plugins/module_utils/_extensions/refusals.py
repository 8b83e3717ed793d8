# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the server's refusals of extensions mean, and what to do about them (FACTS section 5.2)."""

from __future__ import annotations

import re

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError

_LIMIT = re.compile(r"versions quantity limit", re.IGNORECASE)
_HINTS = (
    (
        re.compile(r"signature", re.IGNORECASE),
        "sign it with a developer certificate whose root certificate is in the environment's credential vault "
        "(type public certificate, scope extension validation)",
    ),
    (
        _LIMIT,
        "an extension has at most 10 versions: delete one that is no longer needed, or set keep_versions of extension_upload",
    ),
    (
        re.compile(r"minDynatraceVersion|minEECVersion|(?:Dynatrace|cluster|server|EEC) version", re.IGNORECASE),
        "the environment must have at least the version that extension.yaml asks for",
    ),
)


def explained(error: ApiError) -> ApiError:
    """The server's refusal of a package, with what to do about it."""
    for pattern, hint in _HINTS:
        if error.status == 400 and pattern.search(said(error)):
            error.msg += f" ({hint})"
            break
    return error


def is_about_room(error: ApiError) -> bool:
    """Whether there are as many versions as an extension may have, or were a moment ago."""
    return error.status == 400 and bool(_LIMIT.search(said(error)))


def said(error: ApiError) -> str:
    """The server's own words, without the address."""
    return " ".join([error.message, *(violation.message for violation in error.violations)])
