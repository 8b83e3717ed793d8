# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_upload does, from its options to its result."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import pruning, removal
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import store as apply
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import upload_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.platform import at_platform
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.record import Record
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._packages import manifest, signature
from ansible_collections.community.dynatrace.plugins.module_utils._packages.certificates import WITHHELD, Certificate
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package, package_file
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, SERVER, Result, Task

# How often somebody else may be faster in one run.
_ROUNDS = 5


def upload(task: Task) -> Result:
    """extension_upload: the version of a package is stored (and active), or it is not."""
    task = dataclasses.replace(task, client=at_platform(task.client))
    given = task.params
    if given["wait_timeout"] < 0:
        raise InputError("wait_timeout must not be negative")
    if given["keep_versions"] is not None and not 1 <= given["keep_versions"] <= pruning.MAX_VERSIONS:
        raise InputError(
            f"keep_versions must be from 1 to {pruning.MAX_VERSIONS}, the most versions that Dynatrace stores of an extension"
        )
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
            signature.verify(package, trusted, task.run_program)
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
    return _Upload(task, package).carried_out()


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


class _Upload:
    """One run with state present. ``pruned``: the old versions that it has deleted so far."""

    def __init__(self, task: Task, package: Package) -> None:
        self.task = task
        self.package = package
        self.label = f"{package.name} {package.version}"
        self.keep: int | None = task.params["keep_versions"]
        self.sender = apply.Sender(task.client)
        self.patience = Patience(task.params["wait_timeout"])
        self.record: Record[plan.Plan] = Record()
        self.pruned: list[str] = []
        self.is_active = False

    def carried_out(self) -> Result:
        """Planned and done; both again where somebody else was faster, or a deletion has not made room yet."""
        rounds = 0
        failure: CollectionError
        while True:
            is_full = False
            with tempfile.TemporaryFile() as space:
                found = gather(self.task.client, self.package, self.task.params["on_mismatch"], space)
                self.is_active = found.active_version == self.package.version
                planned = self._plan(found)
                try:
                    if self.task.check_mode:
                        details, validated = self._checked(found, planned)
                    else:
                        details, validated = self._done(found, planned), NONE
                    return self._result(planned, details, validated)
                except apply.FullError as error:
                    failure, is_full = error.failure, True
                except apply.TakenError as error:
                    failure, rounds = error.failure, rounds + 1
            try:
                if is_full:
                    self.patience.wait(failure)
                elif rounds == _ROUNDS:
                    raise failure
            except CollectionError as error:
                self._explain(error)
                raise

    def _plan(self, found: plan.Found) -> plan.Plan:
        """With the deletions of old versions, unless what is there is left as it is (on_mismatch)."""
        package, given = self.package, self.task.params
        planned = plan.present(package, found, given["activate"], given["on_mismatch"])
        if self.keep is None or planned.warning:
            return planned
        versions = stored.versions(self.task.client, package.name)
        configured = self._configured() if pruning.may_prune(package, self.keep, versions) else frozenset()
        known = pruning.Versions(versions, configured)
        return pruning.with_pruning(planned, package, known, found.active_version, self.keep)

    def _configured(self) -> frozenset[str]:
        """The versions that monitoring configurations use."""
        rows = stored.configurations(self.task.client, self.package.name)
        return frozenset(str((row.get("value") or {}).get("version")) for row in rows)

    def _checked(self, found: plan.Found, planned: plan.Plan) -> tuple[Mapping[str, Any], str]:
        """What the server says of the package, and who has checked it."""
        self.pruned = [*planned.room, *planned.rest]
        checked = None
        if planned.uploads:
            checked = self._validated(planned)
        if checked is not None:
            return checked, SERVER
        return found.details or {}, NONE if planned.action == "none" else LOCAL

    def _validated(self, planned: plan.Plan) -> Mapping[str, Any] | None:
        makes_room = bool(planned.room)
        return apply.validate(self.task.client, self.sender, self.package, self.patience, planned.replaces, makes_room)

    def _done(self, found: plan.Found, planned: plan.Plan) -> Mapping[str, Any]:
        """What the server says of the version then."""
        client, package = self.task.client, self.package
        details: Mapping[str, Any] = found.details or {}
        try:
            if planned.room:
                self._validated(planned)  # what is wrong with the package must not cost a version
                self._remove(planned, planned.room)
            if planned.replaces and found.kept is not None:
                details = apply.replace(client, self.sender, package, found.kept, self.task.params["wait_timeout"])
            elif planned.uploads:
                details = apply.store(client, self.sender, package, self.patience, self.keep is not None)
            if planned.uploads:
                self.record.did(planned, f"{self.label} was uploaded")
            if planned.activation:
                apply.activate(client, package.name, package.version)
                self.record.did(planned, f"{self.label} was activated")
                self.is_active = True
            self._remove(planned, self._still_unused(planned))
        except CollectionError as error:
            self._explain(error, planned, details)
            raise
        return details

    def _remove(self, planned: plan.Plan, versions: Sequence[str]) -> None:
        def did(version: str) -> None:
            self.pruned.append(version)
            self.record.did(planned, f"{version} was deleted")

        removal.remove_versions(self.task.client, self.package.name, versions, self.patience, did)

    def _still_unused(self, planned: plan.Plan) -> Sequence[str]:
        """An upload takes its time; somebody may have configured one of the old versions meanwhile."""
        if not planned.rest or not planned.uploads:
            return planned.rest
        configured = self._configured()
        return [version for version in planned.rest if version not in configured]

    def _explain(
        self, error: CollectionError, planned: plan.Plan | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        """Adds what was done before."""
        done: dict[str, Any] = {"action": "delete", "pruned_versions": self.pruned}
        if planned is not None and details:
            done["action"] = planned.action
            done["extension"] = _thing(self.package.name, self.package.version, details, self.is_active)
        self.record.explain(error, done)

    def _result(self, planned: plan.Plan, details: Mapping[str, Any], validated: str) -> Result:
        if planned.warning:
            self.task.warn(planned.warning)
        name, version = self.package.name, self.package.version
        active = planned.after.get("active_version") == version
        told = self.record.told(planned)
        if told.uploads and not planned.uploads:  # somebody else has uploaded it meanwhile
            told = dataclasses.replace(told, action="update")
        return _result(name, version, details, active, told, validated, self.pruned)


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
    name: str,
    version: str,
    details: Mapping[str, Any],
    active: bool,
    planned: plan.Plan,
    validated: str,
    pruned: Sequence[str] = (),
) -> Result:
    return Result(
        {
            "extension": _thing(name, version, details, active),
            "pruned_versions": list(pruned),
            "reason": planned.reason,
        },
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension {name} {version}",
        validated=validated,
    )
