# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A stored version is deleted to make way for another content of it: its package is kept until the server has one again.

The server cannot exchange a package (API facts, 2.2), so for a while there is none; whatever goes wrong then, what was stored is
put back, or lies in a file that the result names.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence

from .._change.journal import NOT_DONE, Kept, settle
from .._change.reconcile import ALWAYS, UNLESS_LATE, reconcile
from .._errors import CollectionError
from .._packages import copies
from .._packages.package import Package, package_file
from .._task import Task
from .._wait import Patience
from . import upload_plan
from .api import Extensions, StoredVersion
from .upload_plan import PutBackPlan, PutBackState, UploadPlan
from .writes import Writes, deletion, policy


def repeat(planned: UploadPlan) -> str:
    """A late deletion must not meet the new content: while one may come, the version is neither deleted again nor uploaded."""
    return ALWAYS if planned.replaced is None else UNLESS_LATE


class Replacement:
    """At most one in a run. ``folders``: where the copy may lie. ``replaced``: the members of the package that makes way."""

    def __init__(self, task: Task, extensions: Extensions, package: Package, folders: Sequence[str]) -> None:
        self.replaced: Mapping[str, str] | None = None
        self._task = task
        self._extensions = extensions
        self._package = package
        self._folders = folders
        self._copy: Kept | None = None
        self._label = f"{package.name} {package.version}"

    def make_way(self, stored: Package, writes: Writes) -> None:
        """Keeps the stored package, and deletes it on the server."""
        if self._copy is None:
            path = copies.save(stored, self._folders)
            remove = functools.partial(copies.remove, path)
            self._copy = self._task.journal.keep("The package that was stored before is kept in", path, remove)
            self.replaced = stored.members
        writes.delete([self._package.version])
        writes.wait_until_gone([self._package.version])

    def succeeded(self) -> None:
        """The server was seen with the new content."""
        if self._copy is not None:
            self._task.journal.release(self._copy)
            self._copy = None

    def failed(self, error: CollectionError, seconds: float) -> None:
        """Puts back what was stored, and adds to ``error`` how that went. ``seconds``: how long to try."""
        copy, journal = self._copy, self._task.journal
        if copy is None:
            return
        is_ours = any(entry.state != NOT_DONE for entry in journal.entries(self._deletion))
        try:
            with package_file(copy.path) as old:
                is_new = self._put_back(old, is_ours, Patience(seconds, self._task.tell))
        except CollectionError as second:
            error.msg += f". What was stored before could not be restored: {second.msg}"
            return
        self.succeeded()
        if is_new:
            journal.confirm(self.upload)
            error.msg += f". {self._label} is stored with the new content"
        elif is_ours:
            settle(journal.entries(self._deletion, self.upload, self._return), NOT_DONE)
            error.msg += "; the version that was stored before was restored"

    @property
    def upload(self) -> str:
        """What the journal says of the upload of the new content."""
        return f"{self._label} was uploaded"

    @property
    def _return(self) -> str:
        return f"{self._label} was uploaded as it was before"

    @property
    def _deletion(self) -> str:
        return deletion(self._package.name, self._package.version)

    def _put_back(self, old: Package, is_ours: bool, patience: Patience) -> bool:
        """Whether the new content is there after all."""
        name, version = old.name, old.version
        was_absent = False

        with tempfile.TemporaryFile() as space:

            def gather() -> Mapping[str, str] | None:
                nonlocal was_absent
                stored = self._extensions.download(name, version, space)
                was_absent = was_absent or stored is None
                return None if stored is None else stored.members

            def plan(stored: Mapping[str, str] | None) -> PutBackPlan:
                return upload_plan.put_back(
                    PutBackState(self._package.members, old.members, stored, was_absent, is_ours)
                )

            def apply(planned: PutBackPlan) -> StoredVersion:
                return self._task.journal.write(self._return, lambda: self._extensions.upload(old))

            return reconcile(self._task, gather, plan, apply, policy(patience)).last.is_new
