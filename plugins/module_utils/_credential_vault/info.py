# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_certificate_info does."""

from __future__ import annotations

import datetime
from typing import Any

from .._errors import InputError
from .._packages import certificates
from .._task import Result, Task
from .api import CredentialVault, Entry


def read(task: Task) -> Result:
    """The root certificates in the vault, the one that expires first at the top."""
    days = task.params["expires_within"]
    if days is not None and days < 0:
        raise InputError("expires_within must not be negative")
    now = datetime.datetime.now(datetime.timezone.utc)
    found = sorted(
        CredentialVault(task.client).entries(), key=lambda entry: (entry.not_after is None, entry.not_after or now)
    )
    end = None if days is None else now + datetime.timedelta(days=days)
    return Result(
        {
            "certificates": [
                _shown(entry, now) for entry in found if end is None or (entry.not_after and entry.not_after <= end)
            ]
        }
    )


def _shown(entry: Entry, now: datetime.datetime) -> dict[str, Any]:
    left = None if entry.not_after is None else entry.not_after - now
    return {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "fingerprint": entry.fingerprint,
        "not_after": None if entry.not_after is None else certificates.stamp(entry.not_after),
        "days_left": None if left is None else left.days,
        "expired": None if left is None else left.total_seconds() <= 0,
        "owner": entry.row.get("owner"),
        "owner_access_only": entry.row.get("ownerAccessOnly"),
        "scopes": list(entry.scopes),
    }
