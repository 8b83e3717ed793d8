# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension and extension_upload both write, and the waits for its end (API facts, 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from .._change.journal import Journal
from .._change.reconcile import Policy
from .._errors import ApiError, OvertakenError, unless_overtaken
from .._text import version_key
from .._wait import Looks, Patience
from .api import POST, Extensions
from .extension_plan import newer_in_the_way


def policy(patience: Patience, passes: Callable[[ApiError], bool] = lambda refusal: False) -> Policy:
    """A version is there only once, so each write may be sent again; 409 says that the server is busy (API facts, 2.2)."""
    return Policy(pause=lambda error, attempt: patience.wait(error), passes=passes)


def activation(name: str, version: str) -> str:
    """What the journal says of it."""
    return f"{name} {version} was activated"


def activate(journal: Journal, extensions: Extensions, which: tuple[str, str], method: str) -> None:
    """Makes a stored version the active one. ``which``: name and version; ``method``: POST or PUT."""
    name, version = which
    try:
        journal.write(activation(name, version), lambda: extensions.activate(name, version, method))
    except ApiError as error:
        # A POST does not switch everywhere, and somebody may have activated another version just now.
        if method == POST and error.status == 400 and extensions.active_version(name) is not None:
            raise OvertakenError(error) from error
        newer = [row for row in extensions.configurations(name) if row.is_newer_than(version)]
        if newer:
            raise newer_in_the_way(name, version, newer) from error
        raise


def deletion(name: str, version: str) -> str:
    """What the journal says of it."""
    return f"{name} {version} was deleted"


def delete_versions(journal: Journal, extensions: Extensions, name: str, versions: Sequence[str]) -> None:
    """In this order. Each is gone some time after this."""
    for version in versions:
        _delete(journal, extensions, name, version)


def _delete(journal: Journal, extensions: Extensions, name: str, version: str) -> None:
    """Somebody else may delete it just now, or a refusal is the echo of our own lost deletion."""
    unless_overtaken(
        lambda: journal.write(deletion(name, version), lambda: extensions.delete(name, version)),
        (400, 404),
        lambda: extensions.version(name, version) is None,
    )


class Gone(Looks):
    """Until the server lists none of the versions any more."""

    def __init__(self, extensions: Extensions, name: str, versions: Collection[str], patience: Patience) -> None:
        super().__init__(patience)
        self._extensions = extensions
        self._name = name
        self._versions = versions

    def look(self) -> str | None:
        stored = self._extensions.versions(self._name)
        left = sorted(set(stored).intersection(self._versions), key=version_key, reverse=True)
        if not left:
            return None
        return f"versions of {self._name} were deleted, but the server still lists {', '.join(left)}"


class Inactive(Looks):
    """Until no version is active; before that the server deletes none that is."""

    def __init__(self, extensions: Extensions, name: str, patience: Patience) -> None:
        super().__init__(patience)
        self._extensions = extensions
        self._name = name

    def look(self) -> str | None:
        active = self._extensions.active_version(self._name)
        return None if active is None else f"{self._name} was deactivated, but {active} is still shown as active"


class Arrived(Looks):
    """Until the server lists a version that was installed from the Hub."""

    def __init__(self, extensions: Extensions, name: str, version: str, patience: Patience) -> None:
        super().__init__(patience)
        self._extensions = extensions
        self._name = name
        self._version = version

    def look(self) -> str | None:
        if self._extensions.version(self._name, self._version) is not None:
            return None
        return f"{self._name} {self._version} was installed from the Hub, but the server does not list it yet"
