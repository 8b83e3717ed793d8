# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The calls of the credential vault, and root certificates of extensions as it has them (API facts, 4).

The vault never gives a certificate back, so its fingerprint and the end of its validity are kept in the description.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._http.client import Client, path_segment
from .._http.shape import Part, nothing
from .._packages import certificates
from .._packages.certificates import Certificate

_CREDENTIALS = "/v2/credentials"
TYPE, SCOPE = "PUBLIC_CERTIFICATE", "EXTENSION"
# The largest page that the API gives.
_PAGE_SIZE = 500
# What older servers call every scope at once.
_ALL_SCOPES = "ALL"
_MARK = re.compile(r"\s*\[sha256:([0-9a-f]{64}) expires:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\]\s*")


@dataclass(frozen=True)
class VaultEntry:
    """One certificate of the vault.

    ``text``: the description without what this collection keeps in it. ``fingerprint``: also one that somebody has written into
    the name or the description; ``not_after`` only of what this collection wrote, which ``is_ours`` tells. ``row``: as the API gives it.
    """

    id: str
    name: str
    text: str
    description: str
    fingerprint: str | None
    not_after: datetime.datetime | None
    is_ours: bool
    scopes: Sequence[str]
    row: Mapping[str, Any] = field(repr=False)

    @property
    def expires(self) -> str | None:
        """The end of its validity as results show it."""
        return None if self.not_after is None else certificates.stamp(self.not_after)


class CredentialVault:
    """Certificates of one environment's vault."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def entries(self) -> list[VaultEntry]:
        """All public certificates with the scope of extensions, in the order of their ids.

        Nothing is filtered by the server: its filter for the type does not know public certificates, and nobody says whether the
        one for the scope finds an entry with several.
        """
        rows = self._client.pages(_CREDENTIALS, {"pageSize": _PAGE_SIZE}, "credentials", _entry)
        return sorted((entry for entry in rows if entry is not None), key=lambda entry: entry.id)

    def create(self, body: Mapping[str, Any]) -> str:
        """The id of the new entry."""
        return self._client.post(_CREDENTIALS, body, lambda answer: answer.text("id"))

    def update(self, entry_id: str, body: Mapping[str, Any]) -> None:
        """The API answers 204, or 201 where it made a new entry (API facts, 4)."""
        self._client.put(_path(entry_id), body, nothing)

    def delete(self, entry_id: str) -> None:
        self._client.delete(_path(entry_id))


def _path(entry_id: str) -> str:
    return f"{_CREDENTIALS}/{path_segment(entry_id)}"


def with_mark(text: str, certificate: Certificate) -> str:
    """A description that tells what is stored under it."""
    mark = f"[sha256:{certificate.fingerprint} expires:{certificates.stamp(certificate.not_after)}]"
    return f"{text} {mark}" if text else mark


def _entry(row: Part) -> VaultEntry | None:
    """None for what is not a certificate of extensions."""
    scopes = _scopes(row)
    if row.optional_text("type") != TYPE or not {SCOPE, _ALL_SCOPES} & set(scopes):
        return None
    name, description = row.optional_text("name") or "", row.optional_text("description") or ""
    text, fingerprint, not_after = description, None, None
    mark = _MARK.search(description)
    if mark:
        text = " ".join(filter(None, (description[: mark.start()], description[mark.end() :])))
        fingerprint, not_after = mark[1], _moment(mark[2])
    else:
        # Two are not answers to the question which of them it is.
        written = certificates.fingerprints(f"{name}\n{description}")
        fingerprint = written.pop() if len(written) == 1 else None
    return VaultEntry(
        row.text("id"), name, text, description, fingerprint, not_after, bool(mark), scopes, row.record().raw
    )


def _moment(text: str) -> datetime.datetime | None:
    """None for a date that is none: anybody may have written it."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return None


def _scopes(row: Part) -> tuple[str, ...]:
    """Old servers know one scope, new ones several."""
    scope = row.optional_text("scope")
    return row.texts("scopes") or tuple(filter(None, [scope]))
