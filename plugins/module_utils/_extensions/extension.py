# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module extension does, from its options to its result."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._change.reconcile import reconcile
from .._errors import ApiError, InputError, OvertakenError, unless_overtaken
from .._packages import manifest
from .._task import NONE, Result, Task, sides
from .._text import version_key
from .._wait import Patience
from . import extension_plan
from .api import Extensions, UsingConfiguration
from .extension_plan import HUB, LATEST, ExtensionPlan, ExtensionState, WantedExtension, move_diff, move_text, moved_row
from .hub import Hub, is_added_already
from .ready import Ready
from .upload_plan import activation_for
from .writes import Writes, activation, deletion, policy


@dataclass(frozen=True)
class ExtensionOptions:
    """The module's options, as they are documented."""

    name: str
    version: str | None
    state: str
    active: bool
    source: str
    configurations: str
    remove_configurations: bool
    wait: bool
    wait_timeout: float

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> ExtensionOptions:
        """Raises InputError for what cannot be right, whatever is stored."""
        options = cls(**{option.name: params[option.name] for option in dataclasses.fields(cls)})
        options._check()
        return options

    @property
    def is_absent(self) -> bool:
        return self.state == "absent"

    @property
    def wanted(self) -> WantedExtension:
        return WantedExtension(self.name, self.version or LATEST, self.source, self.configurations)

    def _check(self) -> None:
        if self.wait_timeout < 0:
            raise InputError("wait_timeout must not be negative")
        try:
            manifest.checked_name(self.name or "")
            if self.version not in (None, LATEST):
                manifest.checked_version(str(self.version))
        except InputError as error:
            raise InputError(f"the extension {error.msg}") from None
        if self.is_absent and self.version not in (None, LATEST):
            raise InputError(
                f"state absent is about all versions: leave out version, or use extension_upload to delete {self.version} alone"
            )
        if not self.active and self.version is not None:
            raise InputError("with active=false no version is active, so leave out version")


class Mover(Protocol):
    """Who knows monitoring configurations, which this room does not."""

    def check(self, version: str, rows: Sequence[UsingConfiguration]) -> None:
        """Raises an error if the schema of ``version`` refuses one of them."""

    def move(self, version: str, row: UsingConfiguration) -> None:
        """Changes its version, and nothing else of it."""


def ensure(task: Task, mover: Callable[[Task, str, float], Mover]) -> Result:
    """extension: a version of an extension is the active one, or none is, or nothing of the extension is there.

    ``mover``: makes one, of the extension's name and the seconds that it may wait.
    """
    options = ExtensionOptions.read(task.params)
    patience = Patience(options.wait_timeout, task.tell)
    if options.is_absent or not options.active:
        task.partial = _if_changed(task, {"action": "delete" if options.is_absent else "update"})
        return _Off(task, options, patience).result()
    return _Active(task, options, patience, mover(task, options.name, options.wait_timeout)).result()


class _Active:
    """One run after which a version is the active one. ``installing``: what was asked of the Hub."""

    def __init__(self, task: Task, options: ExtensionOptions, patience: Patience, mover: Mover) -> None:
        self._task = task
        self._options = options
        self._wanted = options.wanted
        self._patience = patience
        self._mover = mover
        self._extensions = Extensions(task.client)
        self._writes = Writes(task.journal, self._extensions, options.name, patience)
        self._hub = Hub(task.client)
        self._installing: str | None = None
        self._begun: ExtensionPlan | None = None

    def result(self) -> Result:
        if self._task.check_mode:
            return self._predicted()
        self._task.partial = self._partial
        apply = policy(self._patience, passes=is_added_already)
        planned = reconcile(self._task, self._gather, self._plan, self._apply, apply).plan
        result = _result(self._options, planned, self._moved(planned))
        if self._options.wait:
            shown = {name: result.things[name] for name in ("extension", "previous_version", "moved_configurations")}
            self._task.partial = _if_changed(self._task, {"action": result.action, **shown})
            Ready(self._extensions, self._options.name, str(planned.version), self._patience).until_end()
        return result

    def _predicted(self) -> Result:
        state = self._gather()
        planned = self._plan(state)
        if planned.moves and not planned.installs:
            self._mover.check(str(planned.version), planned.moves)
        result = _result(self._options, planned, planned.moves)
        if planned.installs and not state.hub_was_asked:
            result.validated = NONE
        return result

    def _moved(self, planned: ExtensionPlan) -> Sequence[UsingConfiguration]:
        """By this run; somebody else may have deleted or moved one first."""
        done, version = self._task.journal.done, str(planned.version)
        return [row for row in planned.moves if move_text(self._options.name, version, row) in done]

    def _partial(self) -> Mapping[str, Any]:
        """What there is to say of a run that failed after it had changed something."""
        journal, begun = self._task.journal, self._begun
        if begun is None or not journal.has_changed:
            return {}
        name, version = self._options.name, str(begun.version)
        things: dict[str, Any] = {"moved_configurations": [moved_row(version, row) for row in self._moved(begun)]}
        if activation(name, version) in journal.done:
            active = {"name": name, "version": version, "active": True}
            things.update(extension=active, previous_version=begun.before.get("active_version"))
        return {"action": begun.action, **things}

    def _gather(self) -> ExtensionState:
        """As little as is needed. What the Hub has of a version that was named comes out when it is asked to install it; check mode
        cannot ask that way, so it looks into the catalog.
        """
        name, version = self._wanted.name, self._wanted.version
        active = self._extensions.active_version(name)
        configurations: Sequence[UsingConfiguration] = ()
        is_older = version != LATEST and active is not None and version_key(version) < version_key(active)
        if self._wanted.moves or is_older:
            configurations = self._extensions.configurations(name)
        if version == active:
            return ExtensionState(active, configurations=configurations)
        versions = self._extensions.versions(name)
        if self._installing in versions:
            self._task.journal.confirm(_installation(name, str(self._installing)))
        state = ExtensionState(active, versions, configurations=configurations)
        if self._options.source != HUB:
            return state
        if version == LATEST:
            return dataclasses.replace(state, offer=self._hub.offer(name), hub_was_asked=True)
        if version in versions or not self._task.check_mode:
            return state
        return self._with_offer(state, version)

    def _with_offer(self, state: ExtensionState, version: str) -> ExtensionState:
        """With what the Hub has, if it can be read; a warning says where it cannot."""
        name = self._options.name
        try:
            offer = self._hub.offer(name)
        except ApiError as error:
            if error.status not in (403, 503):
                raise
            self._task.warn(f"whether the Hub has {name} {version} is not known: {error.msg}")
            return state
        return dataclasses.replace(state, offer=offer, hub_was_asked=True)

    def _plan(self, state: ExtensionState) -> ExtensionPlan:
        return extension_plan.present(self._wanted, state)

    def _apply(self, planned: ExtensionPlan) -> None:
        self._begun = self._begun or planned
        name, version, method = self._options.name, str(planned.version), planned.activation
        if planned.installs:
            self._install(name, version)
            # The installation has activated it, but on older servers.
            method = activation_for(version, self._extensions.active_version(name))
        if planned.moves:
            self._mover.check(version, planned.moves)
        self._move(version, planned.moves_before)
        if method is not None:
            self._writes.activate(version, method)
        self._move(version, planned.moves_after)

    def _move(self, version: str, rows: Sequence[UsingConfiguration]) -> None:
        for row in rows:
            self._mover.move(version, row)

    def _install(self, name: str, version: str) -> None:
        """Has a release stored in the environment, and waits until it is there."""
        self._installing = version
        journal, text = self._task.journal, _installation(name, version)
        try:
            journal.write(text, lambda: self._hub.install(name, version))
        except ApiError as error:
            if error.status in (400, 409) and self._extensions.version(name, version) is not None:
                raise OvertakenError(error) from error
            if not is_added_already(error):
                raise
            # With another version, it seems: then the Hub wants to be asked for an update (API facts, 2.5).
            journal.write(text, lambda: self._hub.update(name, version))
        self._writes.wait_until_stored(version)


class _Off:
    """One run after which no version is active; with state absent nothing is stored either. ``begun``: the first plan that was sent."""

    def __init__(self, task: Task, options: ExtensionOptions, patience: Patience) -> None:
        self._task = task
        self._options = options
        self._patience = patience
        self._extensions = Extensions(task.client)
        self._writes = Writes(task.journal, self._extensions, options.name, patience)
        self._begun: ExtensionPlan | None = None

    def result(self) -> Result:
        if self._task.check_mode:
            return _result(self._options, self._plan(self._gather()))
        planned = reconcile(self._task, self._gather, self._plan, self._apply, policy(self._patience)).plan
        if self._options.wait and planned.versions:
            self._writes.wait_until_gone(planned.versions)
        return _result(self._options, planned)

    def _gather(self) -> ExtensionState:
        name = self._options.name
        versions = self._extensions.versions(name) if self._options.is_absent else None
        active = self._extensions.active_version(name)
        if not versions and active is None:
            return ExtensionState(None, versions)
        state = ExtensionState(active, versions, configurations=self._extensions.configurations(name))
        self._confirm(state)
        return state

    def _confirm(self, state: ExtensionState) -> None:
        """Writes whose answer was lost, by what is there now."""
        if self._begun is None:
            return
        name, journal = self._options.name, self._task.journal
        for object_id in set(self._begun.configurations) - {row.id for row in state.configurations}:
            journal.confirm(_removal(object_id))
        if state.active is None:
            journal.confirm(_deactivation(name))
        for version in set(self._begun.versions) - set(state.versions or ()):
            journal.confirm(deletion(name, version))

    def _plan(self, state: ExtensionState) -> ExtensionPlan:
        off = extension_plan.absent if self._options.is_absent else extension_plan.inactive
        return off(self._options.name, self._options.remove_configurations, state)

    def _apply(self, planned: ExtensionPlan) -> None:
        self._begun = self._begun or planned
        name, journal = self._options.name, self._task.journal
        for object_id in planned.configurations:
            self._delete_configuration(object_id)
        if planned.deactivates:
            journal.write(_deactivation(name), lambda: self._extensions.deactivate(name))
            self._writes.wait_until_inactive()
        unless_overtaken(lambda: self._writes.delete(planned.versions), (400,), self._is_in_use)

    def _is_in_use(self) -> bool:
        """Whether somebody else has activated or configured it just now: no version can be deleted then."""
        name = self._options.name
        return self._extensions.active_version(name) is not None or bool(self._extensions.configurations(name))

    def _delete_configuration(self, object_id: str) -> None:
        name = self._options.name
        self._task.journal.write(_removal(object_id), lambda: self._extensions.delete_configuration(name, object_id))


def _installation(name: str, version: str) -> str:
    return f"{name} {version} was installed from the Hub"


def _deactivation(name: str) -> str:
    return f"{name} was deactivated"


def _removal(object_id: str) -> str:
    return f"the monitoring configuration {object_id} was deleted"


def _if_changed(task: Task, things: Mapping[str, Any]) -> Callable[[], Mapping[str, Any]]:
    """What the result of a failure holds, if anything was changed before it."""
    return lambda: things if task.journal.has_changed else {}


def _result(options: ExtensionOptions, planned: ExtensionPlan, moved: Sequence[UsingConfiguration] = ()) -> Result:
    name, version = options.name, planned.version
    title = f"extension {name}"
    moves = [move_diff(name, str(version), row) for row in moved]
    own = [] if planned.before == planned.after else [sides(planned.before, planned.after, title)]
    return Result(
        {
            "extension": {"name": name, "version": version, "active": version is not None},
            "previous_version": planned.before.get("active_version"),
            "moved_configurations": [moved_row(str(version), row) for row in moved],
            "reason": planned.reason,
        },
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=title,
        diffs=[*own, *moves] if moves else None,
    )
