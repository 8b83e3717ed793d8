# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Root certificates of extensions as the credential vault has them (FACTS section 4).

The vault never gives a certificate back, so its fingerprint and the end of its validity are kept in the description.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._packages import certificates as _certificate
from ansible_collections.community.dynatrace.plugins.module_utils._packages.certificates import Certificate

CREDENTIALS = "/v2/credentials"
TYPE, SCOPE = "PUBLIC_CERTIFICATE", "EXTENSION"
# The largest page that the API gives.
_PAGE_SIZE = 500
# What older servers call every scope at once.
_ALL_SCOPES = "ALL"
_MARK = re.compile(r"\s*\[sha256:([0-9a-f]{64}) expires:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\]\s*")


@dataclass(frozen=True)
class Entry:
    """One certificate of the vault.

    ``text``: the description without what this collection keeps in it. ``fingerprint``: also one that somebody has written into
    the name or the description; ``not_after`` only of what this collection wrote. ``row``: as the API gives it.
    """

    id: str
    name: str
    text: str
    description: str
    fingerprint: str | None
    not_after: datetime.datetime | None
    row: Mapping[str, Any] = field(repr=False)

    @property
    def scopes(self) -> list[str]:
        return _scopes(self.row)


def credential_path(credential_id: str) -> str:
    return f"{CREDENTIALS}/{path_segment(credential_id)}"


def entries(client: Client) -> list[Entry]:
    """All public certificates with the scope of extensions, in the order of their ids.

    Nothing is filtered by the server: its filter for the type does not know public certificates, and nobody says whether the
    one for the scope finds an entry with several.
    """
    rows = client.pages(CREDENTIALS, {"pageSize": _PAGE_SIZE}, "credentials")
    found = [_entry(row) for row in rows if row.get("type") == TYPE and {SCOPE, _ALL_SCOPES} & set(_scopes(row))]
    return sorted(found, key=lambda entry: entry.id)


def with_mark(text: str, certificate: Certificate) -> str:
    """A description that tells what is stored under it."""
    mark = f"[sha256:{certificate.fingerprint} expires:{_certificate.stamp(certificate.not_after)}]"
    return f"{text} {mark}" if text else mark


def _entry(row: Mapping[str, Any]) -> Entry:
    name, description = str(row.get("name") or ""), str(row.get("description") or "")
    mark = _MARK.search(description)
    if mark:
        text = " ".join(filter(None, (description[: mark.start()], description[mark.end() :])))
        return Entry(str(row["id"]), name, text, description, mark[1], _moment(mark[2]), row)
    # Two are no answer to the question which of them it is.
    written = _certificate.fingerprints(f"{name}\n{description}")
    fingerprint = written.pop() if len(written) == 1 else None
    return Entry(str(row["id"]), name, description, description, fingerprint, None, row)


def _moment(text: str) -> datetime.datetime | None:
    """None for a date that is none: anybody may have written it."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return None


def _scopes(row: Mapping[str, Any]) -> list[str]:
    """Old servers know one scope, new ones several."""
    return list(row.get("scopes") or filter(None, [row.get("scope")]))
