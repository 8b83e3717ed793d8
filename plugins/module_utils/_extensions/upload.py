# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_upload does, from its options to its result."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO, Any

from ansible_collections.community.dynatrace.plugins.module_utils._certificate import WITHHELD, Certificate
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import (
    apply,
    manifest,
    plan,
    removal,
    signature,
    stored,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.package import Package, package_file
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._result import LOCAL, NONE, SERVER, Result, Task

# How often somebody else may be faster in one run.
_ROUNDS = 5


def upload(task: Task) -> Result:
    """extension_upload: the version of a package is stored (and active), or it is not."""
    given = task.params
    if given["wait_timeout"] < 0:
        raise InputError("wait_timeout must not be negative")
    if not given["path"]:
        return _absent(task, *_identity(given))
    trusted = _trusted(task)
    with package_file(given["path"]) as package:
        for option, found in (("name", package.name), ("version", package.version)):
            if given[option] not in (None, found):
                raise InputError(f"{given['path']} has the {option} {found}, not {given[option]}: correct one of them")
        if given["state"] == "absent":
            return _absent(task, package.name, package.version)
        if trusted:
            signature.verify(package, trusted)
        return _present(task, package)


def _trusted(task: Task) -> list[Certificate]:
    """The root certificates that the package must be signed under; none where that is the server's business alone."""
    given = task.params[signature.OPTION] or []
    if given:
        task.shown[signature.OPTION] = WITHHELD
    found = signature.roots(given) if task.params["state"] == "present" else []
    if found:
        task.shown[signature.OPTION] = given
    return found


def _identity(given: Mapping[str, Any]) -> tuple[str, str]:
    """The options name and version; enough for absent."""
    if given["state"] != "absent" or not given["name"] or not given["version"]:
        raise InputError("path is missing: only state absent can do without it, with name and version")
    try:
        return manifest.checked_name(given["name"]), manifest.checked_version(given["version"])
    except InputError as error:
        raise InputError(f"what is to be absent {error.msg}; quote it, because YAML reads 1.10 as 1.1") from None


def _present(task: Task, package: Package) -> Result:
    for attempt in range(_ROUNDS):
        with tempfile.TemporaryFile() as space:
            found = gather(task.client, package, task.params["on_mismatch"], space)
            planned = plan.present(package, found, task.params["activate"], task.params["on_mismatch"])
            try:
                details, validated = _carry_out(task, package, found, planned)
                break
            except apply.TakenError as error:
                if attempt == _ROUNDS - 1:
                    raise error.failure from None
    if planned.warning:
        task.warn(planned.warning)
    active = planned.after.get("active_version") == package.version
    return _result(package.name, package.version, details, active, planned, validated)


def gather(client: Client, package: Package, on_mismatch: str, space: IO[bytes]) -> plan.Found:
    """What there is to know for the plan. The stored package is downloaded into ``space`` only if its hash does not tell."""
    details = stored.version_details(client, package.name, package.version)
    active = stored.active_version(client, package.name)
    if details is None or plan.same_by_hash(package, details):
        return plan.Found(details, active)
    kept = stored.download(client, package.name, package.version, space)
    if kept is None:  # somebody has deleted it meanwhile
        return plan.Found(None, active)
    configured: list[str] = []
    if on_mismatch == plan.REPLACE and active != package.version and plan.difference(package.members, kept.members):
        configured = _configured(client, package.name, package.version)
    return plan.Found(details, active, kept, configured)


def _carry_out(task: Task, package: Package, found: plan.Found, planned: plan.Plan) -> tuple[Mapping[str, Any], str]:
    """What the server says of the version then, and who has checked that in check mode."""
    details: Mapping[str, Any] = found.details or {}
    if task.check_mode:
        checked = _check(task, package, planned) if planned.uploads else None
        if checked is not None:
            return checked, SERVER
        return details, NONE if planned.action == "none" else LOCAL
    sender = apply.Sender(task.client)
    seconds = task.params["wait_timeout"]
    if planned.replaces and found.kept is not None:
        details = apply.replace(task.client, sender, package, found.kept, seconds)
    elif planned.uploads:
        details = apply.store(task.client, sender, package, Patience(seconds))
    if planned.activation:
        try:
            apply.activate(task.client, package.name, package.version)
        except CollectionError as error:
            if planned.uploads:
                error.msg = f"{package.name} {package.version} was uploaded, but not activated: {error.msg}"
                done = _thing(package.name, package.version, details, False)
                error.details = {"changed": True, "action": planned.action, "extension": done, **error.details}
            raise
    return details, NONE


def _check(task: Task, package: Package, planned: plan.Plan) -> Mapping[str, Any] | None:
    patience = Patience(task.params["wait_timeout"])
    sender = apply.Sender(task.client)
    return apply.validate(task.client, sender, package, patience, planned.replaces)


def _absent(task: Task, name: str, version: str) -> Result:
    details = stored.version_details(task.client, name, version)
    found = plan.Found(None, None)
    if details is not None:
        active = stored.active_version(task.client, name)
        configured = [] if active == version else _configured(task.client, name, version)
        found = plan.Found(details, active, configured=configured)
    planned = plan.absent(name, version, found)
    deletes = planned.action == "delete"
    if deletes and not task.check_mode:
        patience = Patience(task.params["wait_timeout"])
        if not removal.remove(task.client, name, version, patience):
            planned = plan.absent(name, version, plan.Found(None, found.active_version))
    return _result(name, version, details or {}, False, planned, LOCAL if deletes else NONE)


def _configured(client: Client, name: str, version: str) -> list[str]:
    return [str(row.get("objectId")) for row in stored.configurations(client, name, version)]


def _thing(name: str, version: str, details: Mapping[str, Any], active: bool) -> dict[str, Any]:
    return {"name": name, "version": version, "active": active, "file_hash": details.get("fileHash")}


def _result(
    name: str, version: str, details: Mapping[str, Any], active: bool, planned: plan.Plan, validated: str
) -> Result:
    return Result(
        {"extension": _thing(name, version, details, active), "reason": planned.reason},
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension {name} {version}",
        validated=validated,
    )
