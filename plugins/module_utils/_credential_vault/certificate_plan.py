# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From what is wanted and what is in the vault to what has to be done. Pure: nothing is read or sent here."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._packages.certificates import Certificate
from .api import SCOPE, TYPE, VaultEntry, with_mark

# A public certificate has none, but the API wants one (API facts, 2.7).
_PASSWORD = base64.b64encode(b"PasswordNotSupported").decode("ascii")
# How much of the fingerprint tells two certificates apart for people.
_SHORT = 16
# What a PUT would reset if it were left out.
_KEPT = ("allowedEntities", "allowContextlessRequests")


@dataclass(frozen=True)
class WantedCertificate:
    """``name`` or ``text`` (the description) None: as it is stored; what a new one gets is up to us."""

    certificate: Certificate
    name: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class CertificatePlan:
    """``body``: what is sent to create or to update ``entry``, the one that stays or goes. ``surplus``: ids of entries to delete."""

    action: str
    reason: str
    entry: VaultEntry | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    surplus: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry_id(self) -> str | None:
        return self.entry.id if self.entry else None

    @property
    def expires(self) -> str | None:
        return self.entry.expires if self.entry else None

    @property
    def name(self) -> str:
        """What the entry is called afterwards, or was called."""
        return str({**self.before, **self.after}["name"])


def present(wanted: WantedCertificate, entries: Sequence[VaultEntry]) -> CertificatePlan:
    """The certificate is in the vault once. One with another fingerprint is never touched, whatever its name."""
    fingerprint = wanted.certificate.fingerprint
    same = with_fingerprint(entries, fingerprint)
    if not same:
        name = wanted.name or f"{wanted.certificate.name} {fingerprint[:_SHORT]}"
        description = with_mark(wanted.text or "", wanted.certificate)
        after = _side(name, description, [SCOPE], fingerprint)
        body = _body(wanted.certificate, name, description)
        return CertificatePlan("create", f"no entry has the fingerprint {fingerprint}", body=body, after=after)
    return _kept(wanted, same)


def _kept(wanted: WantedCertificate, same: Sequence[VaultEntry]) -> CertificatePlan:
    """Of a certificate that is there: one entry stays, as it is wanted."""
    entry = _that_stays(same)
    surplus = tuple(other.id for other in same if other.is_ours and other.id != entry.id)
    name = wanted.name or entry.name
    text = entry.text if wanted.text is None else wanted.text
    description = with_mark(text, wanted.certificate)
    before = _side(entry.name, entry.description, entry.scopes, wanted.certificate.fingerprint)
    after = _side(name, description, entry.scopes, wanted.certificate.fingerprint)
    action, reason = "none", f"{entry.id} has this fingerprint"
    body: dict[str, Any] = {}
    if before != after:
        action = "update"
        reason += ", but another name or description"
        body = {**_body(wanted.certificate, name, description), **_shared(entry)}
    if surplus:
        action = "update"
        reason += f"; the same certificate is stored more than once: {', '.join(surplus)}"
        before, after = {**before, "surplus": list(surplus)}, {**after, "surplus": []}
    return CertificatePlan(action, reason, entry, body, surplus, before, after)


def absent(fingerprint: str, entries: Sequence[VaultEntry]) -> CertificatePlan:
    """No entry has this fingerprint."""
    same = with_fingerprint(entries, fingerprint)
    if not same:
        return CertificatePlan("none", f"no entry has the fingerprint {fingerprint}")
    ids = tuple(entry.id for entry in same)
    before = _side(same[0].name, same[0].description, same[0].scopes, fingerprint)
    return CertificatePlan("delete", f"{', '.join(ids)} has this fingerprint", same[0], surplus=ids, before=before)


def _that_stays(same: Sequence[VaultEntry]) -> VaultEntry:
    """Of several, the first by id that this collection wrote: every run that sees them keeps the same one."""
    ours = [entry for entry in same if entry.is_ours]
    return (ours or same)[0]


def with_fingerprint(entries: Sequence[VaultEntry], fingerprint: str) -> list[VaultEntry]:
    return [entry for entry in entries if entry.fingerprint == fingerprint]


def _side(name: str, description: str, scopes: Sequence[str], fingerprint: str) -> dict[str, Any]:
    """One side of the diff. The fingerprint stands for the certificate itself."""
    return {"name": name, "description": description, "scopes": list(scopes), "fingerprint": fingerprint}


def _body(certificate: Certificate, name: str, description: str) -> dict[str, Any]:
    """Both spellings of the scope, since servers of different age want one or the other (API facts, 2.7)."""
    return {
        "name": name,
        "description": description,
        "ownerAccessOnly": False,
        "scope": SCOPE,
        "scopes": [SCOPE],
        "type": TYPE,
        "certificate": base64.b64encode(certificate.pem.encode("ascii")).decode("ascii"),
        "certificateFormat": "PEM",
        "password": _PASSWORD,
    }


def _shared(entry: VaultEntry) -> dict[str, Any]:
    """Who may use the entry, and for what, as it is stored."""
    scope = SCOPE if SCOPE in entry.scopes else entry.scopes[0]
    shared = {"ownerAccessOnly": bool(entry.row.get("ownerAccessOnly")), "scope": scope, "scopes": list(entry.scopes)}
    for key in _KEPT:
        if entry.row.get(key):
            shared[key] = entry.row[key]
    return shared
