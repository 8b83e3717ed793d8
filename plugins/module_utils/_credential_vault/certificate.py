# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_certificate does, from its options to its result."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from .._change.reconcile import UNLESS_LATE, Policy, reconcile
from .._errors import ApiError, InputError, unless_overtaken
from .._packages import certificates
from .._packages.certificates import Certificate
from .._task import Result, Task
from . import certificate_plan
from .api import CredentialVault
from .certificate_plan import CertificatePlan, WantedCertificate

# Nothing but its description tells an entry from others, and the vault takes the same one twice.
_POLICY = Policy(repeat=UNLESS_LATE, validates=False)
# The API names only 400 for these calls: where names are unique, another run may have been faster; or the entry is gone.
_OVERTAKEN = (400, 404)
_HEX = re.compile(r"[0-9a-f]{64}")
_WAYS = ("path", "content", "fingerprint")


def ensure(task: Task) -> Result:
    """extension_certificate: a root certificate is in the credential vault, or it is not."""
    content = task.params["content"]
    if content:
        task.shown["content"] = certificates.WITHHELD
    certificate, fingerprint = _given(task.params)
    if certificate and content:
        task.shown["content"] = certificate.pem
    if task.params["state"] == "absent":
        return _absent(task, fingerprint)
    if certificate is None:
        raise InputError("state=present needs the certificate itself, not its fingerprint: give path or content")
    certificates.check_validity(certificate, datetime.datetime.now(datetime.timezone.utc))
    return _present(task, WantedCertificate(certificate, task.params["name"], task.params["description"]))


def _given(given: Mapping[str, Any]) -> tuple[Certificate | None, str]:
    """The certificate, where it was given, and its fingerprint."""
    ways = [way for way in _WAYS if given[way]]
    if len(ways) != 1:
        raise InputError(f"give one of path, content and fingerprint (given: {', '.join(ways) or 'none'})")
    if given["fingerprint"]:
        fingerprint = re.sub("[: ]", "", given["fingerprint"]).lower()
        if not _HEX.fullmatch(fingerprint):
            raise InputError(
                f"fingerprint: {given['fingerprint']!r} is not a SHA-256 of 64 hexadecimal digits; print it with "
                "'openssl x509 -noout -fingerprint -sha256 -in ca.pem'"
            )
        return None, fingerprint
    certificates.require(f"to read the certificate (option {ways[0]})")
    if given["content"]:
        given_certificates = certificates.from_text(given["content"], "content")
    else:
        given_certificates = certificates.read(given["path"], "path")
    if len(given_certificates) > 1:
        raise InputError(
            f"{given_certificates[0].label} holds {len(given_certificates)} certificates: give one at a time, the root of the signatures"
        )
    return given_certificates[0], given_certificates[0].fingerprint


def _present(task: Task, wanted: WantedCertificate) -> Result:
    vault = CredentialVault(task.client)

    def apply(planned: CertificatePlan) -> str | None:
        made = _write(task, vault, planned)
        if made is None:
            return None
        return _settled(task, vault, wanted.certificate.fingerprint, made)

    end = certificates.stamp(wanted.certificate.not_after)
    done = reconcile(task, vault.entries, lambda entries: certificate_plan.present(wanted, entries), apply, _POLICY)
    entry_id = done.value or done.plan.entry_id or done.last.entry_id
    return _result(entry_id, done.plan.after, end, done.plan, wanted.certificate.subject)


def _absent(task: Task, fingerprint: str) -> Result:
    vault = CredentialVault(task.client)
    planned = reconcile(
        task,
        vault.entries,
        lambda entries: certificate_plan.absent(fingerprint, entries),
        lambda planned: _write(task, vault, planned),
        _POLICY,
    ).plan
    side = planned.before or {"name": None, "description": None, "scopes": [], "fingerprint": fingerprint}
    return _result(planned.entry_id, side, planned.expires, planned, fingerprint)


def _write(task: Task, vault: CredentialVault, planned: CertificatePlan) -> str | None:
    """The id of a new entry."""
    made = unless_overtaken(lambda: _send(task, vault, planned), _OVERTAKEN)
    for entry_id in planned.surplus:
        _remove(task, vault, entry_id)
    return made


def _send(task: Task, vault: CredentialVault, planned: CertificatePlan) -> str | None:
    if planned.action == "create":
        text = f"the certificate '{planned.name}' was added"
        return task.journal.write(text, lambda: vault.create(planned.body))
    if planned.entry is not None and planned.body:
        entry_id = planned.entry.id
        task.journal.write(f"{entry_id} was updated", lambda: vault.update(entry_id, planned.body))
    return None


def _remove(task: Task, vault: CredentialVault, entry_id: str) -> None:
    def is_gone() -> bool:
        return entry_id not in [entry.id for entry in vault.entries()]

    unless_overtaken(lambda: _delete(task, vault, entry_id), _OVERTAKEN, is_gone)


def _delete(task: Task, vault: CredentialVault, entry_id: str) -> None:
    task.journal.write(f"{entry_id} was deleted", lambda: vault.delete(entry_id))


def _settled(task: Task, vault: CredentialVault, fingerprint: str, made: str) -> str:
    """The id of the entry after a new one was added.

    The vault takes the same certificate twice, from two runs at a time. Every run that sees both deletes the same one, so the
    first by id stays, whoever looks when. ``made`` counts although the list may not show it yet, but not if another certificate has it.
    """
    entries = vault.entries()
    same = {entry.id for entry in certificate_plan.with_fingerprint(entries, fingerprint) if entry.is_ours}
    others = {entry.id for entry in entries} - same
    stays, *surplus = sorted(({made} - others) | same) or [made]
    for entry_id in surplus:
        try:
            _delete(task, vault, entry_id)
        except ApiError as error:  # the other run does the same
            if error.status not in _OVERTAKEN:
                raise
    return stays


def _result(
    entry_id: str | None,
    side: Mapping[str, Any],
    not_after: str | None,
    planned: CertificatePlan,
    title: str,
) -> Result:
    shown = {name: value for name, value in side.items() if name != "surplus"}
    return Result(
        {"certificate": {"id": entry_id, **shown, "not_after": not_after}, "reason": planned.reason},
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension certificate {title}",
    )
