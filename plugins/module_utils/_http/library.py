# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The one import of ``requests``: guarded, so that a module can say what is missing instead of failing to load."""

from __future__ import annotations

import traceback

IMPORT_ERROR: str | None = None
try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    # Whoever imports these must be able to; nothing is done with them before the module has failed.
    AuthBase = HTTPAdapter = object  # type: ignore[assignment,misc]
    requests = HTTPError = None  # type: ignore[assignment,misc]

__all__ = [
    "IMPORT_ERROR",
    "AuthBase",
    "HTTPAdapter",
    "HTTPError",
    "requests",
]
