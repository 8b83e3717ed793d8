# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_certificate does, from its options to its result."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault import certificate_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault.api import (
    CREDENTIALS,
    credential_path,
    entries,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    OvertakenError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._packages import certificates as _certificate
from ansible_collections.community.dynatrace.plugins.module_utils._packages.certificates import Certificate
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, Result, Task

_HEX = re.compile(r"[0-9a-f]{64}")
_WAYS = ("path", "content", "fingerprint")


def manage(task: Task) -> Result:
    """extension_certificate: a root certificate is in the credential vault, or it is not."""
    if task.params["content"]:
        task.shown["content"] = _certificate.WITHHELD
    certificate, fingerprint = _given(task.params)
    if certificate and task.params["content"]:
        task.shown["content"] = certificate.pem
    if task.params["state"] == "absent":
        return _absent(task, fingerprint)
    if certificate is None:
        raise InputError("fingerprint alone is enough for state absent only: give the certificate (path or content)")
    _certificate.check_validity(certificate, datetime.datetime.now(datetime.timezone.utc))
    return _present(task, plan.Wanted(certificate, task.params["name"], task.params["description"]))


def _given(given: Mapping[str, Any]) -> tuple[Certificate | None, str]:
    """The certificate, where it was given, and its fingerprint."""
    ways = [way for way in _WAYS if given[way]]
    if len(ways) != 1:
        said = f"not {' and '.join(ways)}" if ways else "none is given"
        raise InputError(f"one of path, content and fingerprint tells the certificate, {said}")
    if given["fingerprint"]:
        fingerprint = re.sub("[: ]", "", given["fingerprint"]).lower()
        if not _HEX.fullmatch(fingerprint):
            raise InputError(
                f"fingerprint: {given['fingerprint']!r} is no SHA-256 of 64 hexadecimal digits; print it with "
                "'openssl x509 -noout -fingerprint -sha256 -in ca.pem'"
            )
        return None, fingerprint
    _certificate.require(f"to read the certificate (option {ways[0]})")
    if given["content"]:
        found = _certificate.from_text(given["content"], "content")
    else:
        found = _certificate.read(given["path"], "path")
    if len(found) > 1:
        raise InputError(
            f"{found[0].label} holds {len(found)} certificates: give one at a time, the root of the signatures"
        )
    return found[0], found[0].fingerprint


def _present(task: Task, wanted: plan.Wanted) -> Result:
    client = task.client
    planned: plan.Plan
    if task.check_mode:
        planned, made = plan.present(wanted, entries(client)), None
    else:
        planned, made = reconcile(
            client, lambda: entries(client), lambda found: plan.present(wanted, found), lambda one: _write(client, one)
        )
    entry_id = planned.entry.id if planned.entry else made
    if planned.action == "create" and not task.check_mode:
        entry_id = _settle(client, wanted.certificate.fingerprint, made)
    shown = _shown(entry_id, planned.after, _certificate.stamp(wanted.certificate.not_after))
    return _result(shown, planned, wanted.certificate.subject)


def _absent(task: Task, fingerprint: str) -> Result:
    client = task.client
    if task.check_mode:
        planned = plan.absent(fingerprint, entries(client))
    else:
        planned, dummy = reconcile(
            client,
            lambda: entries(client),
            lambda found: plan.absent(fingerprint, found),
            lambda one: _delete(client, one.ids),
        )
    entry = planned.entry
    end = _certificate.stamp(entry.not_after) if entry and entry.not_after else None
    side = planned.before or {"name": None, "description": None, "scopes": [], "fingerprint": fingerprint}
    return _result(_shown(entry.id if entry else None, side, end), planned, fingerprint)


def _write(client: Client, planned: plan.Plan) -> str | None:
    """The id of a new entry."""
    if planned.action == "update":
        try:
            client.put(credential_path(planned.ids[0]), planned.body)
        except ApiError as error:
            raise _maybe_gone(error) from error
        return None
    try:
        answer = client.post(CREDENTIALS, planned.body)
    except ApiError as error:
        if error.status == 400:  # where names are unique, another run may have been faster
            raise OvertakenError(error) from error
        raise
    return str(answer["id"]) if isinstance(answer, Mapping) and answer.get("id") else None


def _delete(client: Client, ids: Sequence[str]) -> None:
    for entry_id in ids:
        try:
            client.delete(credential_path(entry_id))
        except ApiError as error:
            raise _maybe_gone(error) from error


def _maybe_gone(error: ApiError) -> CollectionError:
    """The API names only 400 for these calls, so that may be said of an entry that is gone, too."""
    return OvertakenError(error) if error.status in (400, 404) else error


def _settle(client: Client, fingerprint: str, made: str | None) -> str | None:
    """The id of the entry after a new one was added.

    The vault takes the same certificate twice, from two runs at a time. Every run that sees both deletes the same one, so the
    first by id stays, whoever looks when. ``made`` counts although the list may not show it yet.
    """
    try:
        listed = plan.with_fingerprint(entries(client), fingerprint)
        stays, *surplus = sorted({*filter(None, [made]), *(entry.id for entry in listed)})
        for entry_id in surplus:
            _delete_surplus(client, entry_id)
    except CollectionError as error:
        error.msg = f"the certificate was added ({made}), but whether another run did the same is unknown: {error.msg}"
        error.details = {"changed": True, "action": "create", **error.details}
        raise
    return stays


def _delete_surplus(client: Client, entry_id: str) -> None:
    """The other run does the same, so it may be gone, and an answer that is lost does not matter."""
    try:
        client.delete(credential_path(entry_id))
    except LostAnswerError:
        return
    except ApiError as error:
        if error.status not in (400, 404):
            raise


def _shown(entry_id: str | None, side: Mapping[str, Any], not_after: str | None) -> dict[str, Any]:
    return {"id": entry_id, **side, "not_after": not_after}


def _result(shown: Mapping[str, Any], planned: plan.Plan, title: str) -> Result:
    return Result(
        {"certificate": shown, "reason": planned.reason},
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension certificate {title}",
        validated=NONE if planned.action == "none" else LOCAL,
    )
