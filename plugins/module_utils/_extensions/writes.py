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


class Writes:
    """The writes of one run to one extension. What is waited for has what is left of ``patience``."""

    def __init__(self, journal: Journal, extensions: Extensions, name: str, patience: Patience) -> None:
        self._journal = journal
        self._extensions = extensions
        self._name = name
        self._patience = patience

    def activate(self, version: str, method: str) -> None:
        """Makes a stored version the active one. ``method``: POST or PUT."""
        name = self._name
        try:
            self._journal.write(activation(name, version), lambda: self._extensions.activate(name, version, method))
        except ApiError as error:
            # A POST does not switch everywhere, and somebody may have activated another version just now.
            if method == POST and error.status == 400 and self._extensions.active_version(name) is not None:
                raise OvertakenError(error) from error
            newer = [row for row in self._extensions.configurations(name) if row.is_newer_than(version)]
            if newer:
                raise newer_in_the_way(name, version, newer) from error
            raise

    def delete(self, versions: Sequence[str]) -> None:
        """In this order. Each is gone some time after this."""
        for version in versions:
            self._delete(version)

    def _delete(self, version: str) -> None:
        """Somebody else may delete it just now, or a refusal is the echo of our own lost deletion."""
        text = deletion(self._name, version)
        unless_overtaken(
            lambda: self._journal.write(text, lambda: self._extensions.delete(self._name, version)),
            (400, 404),
            lambda: self._extensions.version(self._name, version) is None,
        )

    def wait_until_gone(self, versions: Collection[str]) -> None:
        """Until the server lists none of the versions any more."""

        def look() -> str | None:
            left = set(self._extensions.versions(self._name)).intersection(versions)
            if not left:
                return None
            names = ", ".join(sorted(left, key=version_key, reverse=True))
            return f"versions of {self._name} were deleted, but the server still lists {names}"

        Looks(self._patience, look).until_end()

    def wait_until_inactive(self) -> None:
        """Until no version is active; before that the server deletes none that is."""

        def look() -> str | None:
            active = self._extensions.active_version(self._name)
            return None if active is None else f"{self._name} was deactivated, but {active} is still shown as active"

        Looks(self._patience, look).until_end()

    def wait_until_stored(self, version: str) -> None:
        """Until the server lists a version that was installed from the Hub."""

        def look() -> str | None:
            if self._extensions.version(self._name, version) is not None:
                return None
            return f"{self._name} {version} was installed from the Hub, but the server does not list it yet"

        Looks(self._patience, look).until_end()


def activation(name: str, version: str) -> str:
    """What the journal says of it."""
    return f"{name} {version} was activated"


def deletion(name: str, version: str) -> str:
    """What the journal says of it."""
    return f"{name} {version} was deleted"
