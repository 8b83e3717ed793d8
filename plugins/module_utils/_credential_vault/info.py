# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_certificate_info does."""

from __future__ import annotations

import datetime
from typing import Any

from .._errors import InputError
from .._task import Result, Task
from .api import CredentialVault, VaultEntry

_NEVER = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)


def read(task: Task) -> Result:
    """The root certificates in the vault, the one that expires first at the top."""
    days = task.params["expires_within"]
    if days is not None and days < 0:
        raise InputError("expires_within must not be negative")
    now = datetime.datetime.now(datetime.timezone.utc)
    entries = sorted(CredentialVault(task.client).entries(), key=_end)
    if days is not None:
        last = now + datetime.timedelta(days=days)
        entries = [entry for entry in entries if _end(entry) <= last]
    return Result({"certificates": [_shown(entry, now) for entry in entries]})


def _end(entry: VaultEntry) -> datetime.datetime:
    """A certificate whose end is not known comes last."""
    return entry.not_after or _NEVER


def _shown(entry: VaultEntry, now: datetime.datetime) -> dict[str, Any]:
    days_left = is_expired = None
    if entry.not_after is not None:
        left = entry.not_after - now
        days_left, is_expired = left.days, left.total_seconds() <= 0
    return {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "fingerprint": entry.fingerprint,
        "not_after": entry.expires,
        "days_left": days_left,
        "expired": is_expired,
        "owner": entry.row.get("owner"),
        "owner_access_only": entry.row.get("ownerAccessOnly"),
        "scopes": list(entry.scopes),
    }
