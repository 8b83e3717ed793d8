# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_upload does, from its options to its result."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from .._change.reconcile import Reconciled, reconcile
from .._errors import ApiError, CollectionError, InputError, OvertakenError
from .._files import printable
from .._packages import copies, manifest, signature
from .._packages.certificates import WITHHELD, Certificate
from .._packages.package import Package, package_file
from .._task import LOCAL, SERVER, Result, Task
from .._wait import Patience
from . import pruning, upload_plan
from .api import Extensions, StoredVersion, is_about_room, is_about_stored_version
from .replacement import Replacement, repeat
from .upload_plan import UploadPlan, VersionState, WantedVersion
from .writes import Writes, activation, deletion, policy


@dataclass(frozen=True)
class UploadOptions:
    """The module's options, as they are documented."""

    path: str | None
    state: str
    name: str | None
    version: str | None
    activate: bool
    on_mismatch: str
    keep_versions: int | None
    keep_in: str | None
    verify_signature: Sequence[str] | None
    wait_timeout: float

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> UploadOptions:
        """Raises InputError for what cannot be right, whatever the package is."""
        options = cls(**{option.name: params[option.name] for option in dataclasses.fields(cls)})
        if options.wait_timeout < 0:
            raise InputError("wait_timeout must not be negative")
        if options.keep_versions is not None and not 1 <= options.keep_versions <= pruning.MAX_VERSIONS:
            raise InputError(
                f"keep_versions must be from 1 to {pruning.MAX_VERSIONS}, the most versions that Dynatrace stores of an extension"
            )
        return options

    @property
    def is_absent(self) -> bool:
        return self.state == "absent"

    def identity(self) -> tuple[str, str]:
        """Name and version without a package; enough for absent."""
        if not self.is_absent or not self.name or not self.version:
            raise InputError("path is missing: it may be left out only with state=absent, with name and version")
        try:
            return manifest.checked_name(self.name), manifest.checked_version(self.version)
        except InputError as error:
            raise InputError(f"the extension {error.msg}") from None

    def check(self, package: Package) -> None:
        """Raises InputError for a name or version that is not the package's."""
        for option, given, own in (
            ("name", self.name, package.name),
            ("version", self.version, package.version),
        ):
            if given not in (None, own):
                raise InputError(f"{package.label} has the {option} {own}, not {given}: correct one of them")


def ensure(task: Task) -> Result:
    """extension_upload: the version of a package is stored (and active), or it is not."""
    options = UploadOptions.read(task.params)
    extensions = Extensions(task.client)
    if not options.path:
        return _absent(task, extensions, options, options.identity())
    trusted = _trusted(task, options)
    with package_file(options.path) as package:
        options.check(package)
        if options.is_absent:
            return _absent(task, extensions, options, (package.name, package.version))
        if trusted:
            signature.verify(package, trusted, task.run_program)
        with tempfile.TemporaryFile() as space:
            return _Upload(task, extensions, options, package, space).result()


def _trusted(task: Task, options: UploadOptions) -> list[Certificate]:
    """The root certificates that the package must be signed under; none where that is the server's business alone."""
    given = options.verify_signature or []
    if given:
        task.shown[signature.OPTION] = WITHHELD
    roots = [] if options.is_absent else signature.roots(given)
    if roots:
        task.shown[signature.OPTION] = given
    return roots


def _absent(task: Task, extensions: Extensions, options: UploadOptions, which: tuple[str, str]) -> Result:
    name, version = which
    patience = Patience(options.wait_timeout, task.tell)
    writes = Writes(task.journal, extensions, name, patience)

    def gather() -> VersionState:
        details = extensions.version(name, version)
        if details is None:
            return VersionState(None, None)
        active = extensions.active_version(name)
        users = [] if active == version else _users(extensions, name, version)
        return VersionState(details, active, users=users)

    def apply(planned: UploadPlan) -> None:
        writes.delete([version])
        writes.wait_until_gone([version])

    task.partial = lambda: {"action": "delete"} if task.journal.has_changed else {}
    rules = dataclasses.replace(policy(patience), validates=False)
    planned = reconcile(task, gather, lambda state: upload_plan.absent(name, version, state), apply, rules).plan
    shown = _shown(name, version, planned.details, False)
    return _result({"extension": shown, "pruned_versions": []}, planned)


_NOTHING = UploadPlan("none", "")


class _Upload:
    """One run with state present.

    ``space``: an open file for the stored package. ``begun``: the first plan that was carried out. ``deleted``: the old versions that
    had to go, as far as their deletion was sent.
    """

    def __init__(
        self, task: Task, extensions: Extensions, options: UploadOptions, package: Package, space: IO[bytes]
    ) -> None:
        self._task = task
        self._extensions = extensions
        self._package = package
        self._wanted = WantedVersion(package, options.activate, options.on_mismatch, options.keep_versions)
        self._patience = Patience(options.wait_timeout, task.tell)
        self._writes = Writes(task.journal, extensions, package.name, self._patience)
        folders = copies.folders(str(options.path), options.keep_in)
        self._left_behind = copies.left_behind(package, folders)
        self._replacement = Replacement(task, extensions, package, folders)
        self._space = space
        self._activation = activation(package.name, package.version)
        self._begun = _NOTHING
        self._deleted: list[str] = []
        self._details: StoredVersion | None = None
        # What is told of a run that fails as well.
        self._known: dict[str, Any] = {
            "environment_id": task.client.environment_id,
            "package": {"name": package.name, "version": package.version, "sha256": package.bundle_hash},
        }

    def result(self) -> Result:
        """Of the whole run. Whatever fails, what was replaced is put back or kept."""
        self._task.partial = self._partial
        apply = self._validated if self._task.check_mode else self._applied
        keeps = self._wanted.keep_versions is not None
        waits = policy(self._patience, passes=lambda refusal: keeps and is_about_room(refusal))
        waits = dataclasses.replace(waits, repeat=repeat, late_methods=("DELETE",))
        try:
            done = reconcile(self._task, self._gather, self._plan, apply, waits)
        except CollectionError as error:
            self._replacement.failed(error, self._patience.seconds)
            raise
        self._replacement.succeeded()
        if done.plan.warning:
            self._task.warn(done.plan.warning)
        return self._predicted(done) if self._task.check_mode else self._carried_out(done)

    # what is there

    def _gather(self) -> VersionState:
        """The stored package is downloaded only if its hash does not tell whether it is the same."""
        name, version = self._package.name, self._package.version
        details = self._extensions.version(name, version)
        active = self._extensions.active_version(name)
        self._known.setdefault("previous_version", active)
        state = VersionState(details, active, replaced=self._replacement.replaced)
        if details is not None and not upload_plan.same_by_hash(self._package, details):
            state = self._with_content(state)
        keep = self._wanted.keep_versions
        if keep is not None:
            versions = self._extensions.versions(name)
            configured = self._configured() if pruning.may_prune(version, keep, versions) else frozenset()
            state = dataclasses.replace(state, versions=versions, configured=configured)
        self._warn_of_copies(state)
        self._confirm(state)
        return state

    def _with_content(self, state: VersionState) -> VersionState:
        name, version = self._package.name, self._package.version
        stored = self._extensions.download(name, version, self._space)
        if stored is None:  # somebody has deleted it meanwhile
            return dataclasses.replace(state, details=None)
        users: Sequence[str] = ()
        is_same = stored.members == self._package.members
        if self._wanted.on_mismatch == upload_plan.REPLACE and not is_same:
            users = _users(self._extensions, name, version)
        return dataclasses.replace(state, stored=stored, users=users)

    def _configured(self) -> frozenset[str]:
        """The versions that monitoring configurations use."""
        rows = self._extensions.configurations(self._package.name)
        return frozenset(row.version for row in rows if row.version)

    def _warn_of_copies(self, state: VersionState) -> None:
        """Of those that a run could not remove, since it was killed; once."""
        label = f"{self._package.name} {self._package.version}"
        advice = "delete it when you no longer need it"
        if state.details is None:
            advice = "the environment does not have this version now; to have it back, upload the copy with path"
        for path in self._left_behind:
            self._task.warn(
                f"{printable(path)} is a copy of {label} that another run made while it replaced the version, and did not remove: {advice}"
            )
        self._left_behind = []

    def _confirm(self, state: VersionState) -> None:
        """Writes whose answer was lost, by what is there now."""
        name, journal = self._package.name, self._task.journal
        if upload_plan.has_content(self._package, state):
            journal.confirm(self._replacement.upload)
        if state.details is None:
            journal.confirm(deletion(name, self._package.version))
        if state.versions is not None:
            for version in set(self._deleted) - set(state.versions):
                journal.confirm(deletion(name, version))

    # what has to be done

    def _plan(self, state: VersionState) -> UploadPlan:
        return pruning.with_pruning(upload_plan.present(self._wanted, state), self._wanted, state)

    def _validated(self, planned: UploadPlan) -> StoredVersion | None:
        """What the server says of the package; None when it was not asked, or objects to what the plan deletes before."""
        if not planned.uploads:
            return None
        try:
            return self._extensions.validate(self._package)
        except ApiError as error:
            if planned.room and is_about_room(error):
                return None
            if planned.replaced is None:
                raise self._refusal(error) from error
            if is_about_stored_version(error):
                return None
            raise

    def _applied(self, planned: UploadPlan) -> StoredVersion | None:
        """What the server says of the version then."""
        if self._begun is _NOTHING:
            self._begun = planned
        self._details = planned.details
        if planned.room or planned.replaced is not None:
            self._validated(planned)  # what is wrong with the package must not cost a version
        self._delete(planned.room)
        if planned.replaced is not None:
            self._replacement.make_way(planned.replaced, self._writes)
        if planned.uploads:
            self._details = self._uploaded()
        if planned.activation is not None:
            self._writes.activate(self._package.version, planned.activation)
        self._delete(self._still_unused(planned))
        return self._details

    def _uploaded(self) -> StoredVersion:
        try:
            return self._task.journal.write(self._replacement.upload, lambda: self._extensions.upload(self._package))
        except ApiError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: ApiError) -> CollectionError:
        """Whether the server answers 400 or 409 for a version that is stored already is not known (API facts, 2.2)."""
        package = self._package
        if error.status not in (400, 409) or self._extensions.version(package.name, package.version) is None:
            return error
        return OvertakenError(error)

    def _delete(self, versions: Sequence[str]) -> None:
        if not versions:
            return
        self._deleted += [version for version in versions if version not in self._deleted]
        self._writes.delete(versions)
        self._writes.wait_until_gone(versions)

    def _still_unused(self, planned: UploadPlan) -> Sequence[str]:
        """An upload takes its time; somebody may have configured one of the old versions meanwhile."""
        if not planned.rest or not planned.uploads:
            return planned.rest
        configured = self._configured()
        return [version for version in planned.rest if version not in configured]

    # what to say of it

    def _predicted(self, done: Reconciled[UploadPlan, StoredVersion | None]) -> Result:
        planned = done.plan
        validated = LOCAL if done.value is None else SERVER
        pruned = [*planned.room, *planned.rest]
        return _result(self._things(planned, done.value or planned.details, pruned), planned, validated)

    def _carried_out(self, done: Reconciled[UploadPlan, StoredVersion | None]) -> Result:
        planned = done.plan
        if planned.uploads and self._replacement.upload not in self._task.journal.done:
            planned = dataclasses.replace(planned, action="update")  # somebody else has uploaded it meanwhile
        details = done.value or done.last.details
        return _result(self._things(planned, details, self._pruned()), planned)

    def _things(self, planned: UploadPlan, details: StoredVersion | None, pruned: Sequence[str]) -> Mapping[str, Any]:
        name, version = self._package.name, self._package.version
        is_active = planned.after.get("active_version") == version
        return {
            **self._known,
            "extension": _shown(name, version, details, is_active),
            "pruned_versions": list(pruned),
        }

    def _pruned(self) -> list[str]:
        return [
            version for version in self._deleted if deletion(self._package.name, version) in self._task.journal.done
        ]

    def _partial(self) -> Mapping[str, Any]:
        """What there is to say of a run that failed, most of it where something was changed before."""
        name, version = self._package.name, self._package.version
        done, begun = self._task.journal.done, self._begun
        if not done:
            return self._known
        pruned = {**self._known, "pruned_versions": self._pruned()}
        if begun.uploads and self._replacement.upload not in done:
            return {"action": "delete", **pruned}
        is_active = self._activation in done or begun.before.get("active_version") == version
        shown = _shown(name, version, self._details, is_active)
        return {"action": begun.action, "extension": shown, **pruned}


def _users(extensions: Extensions, name: str, version: str) -> list[str]:
    """Ids of the monitoring configurations that use a version."""
    return [row.id for row in extensions.configurations(name, version)]


def _shown(name: str, version: str, details: StoredVersion | None, is_active: bool) -> dict[str, Any]:
    file_hash = details.file_hash if details is not None else None
    return {"name": name, "version": version, "active": is_active, "file_hash": file_hash}


def _result(things: Mapping[str, Any], planned: UploadPlan, validated: str = LOCAL) -> Result:
    extension = things["extension"]
    return Result(
        {**things, "reason": planned.reason},
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension {extension['name']} {extension['version']}",
        validated=validated,
    )
