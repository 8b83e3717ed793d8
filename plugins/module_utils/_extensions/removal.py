# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The deletions: versions, which takes its time, the active version, and configurations (FACTS sections 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Looks, Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.refusals import explained
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Step

_DELETED: dict[str, Any] = {"changed": True, "action": "delete"}


def remove(client: Client, name: str, version: str, patience: Patience) -> bool:
    """Deletes a version and waits until it is gone, which takes its time; False: it was gone without us."""
    if not send_removal(client, name, version, patience):
        return False
    while stored.version_details(client, name, version) is not None:
        text = f"{name} {version} was deleted, but the server still lists it"
        patience.wait(StateError(text, _DELETED))
    return True


def remove_versions(
    client: Client, name: str, versions: Sequence[str], patience: Patience, did: Callable[[str], None]
) -> None:
    """Deletes versions in this order, and waits for all of them together. ``did`` is told each that has gone through us."""
    send_removals(client, name, versions, patience, did)
    if versions:
        Gone(client, name, versions, patience).until_end(Step())


def send_removals(
    client: Client, name: str, versions: Sequence[str], patience: Patience, did: Callable[[str], None]
) -> None:
    """As ``remove_versions``, but does not wait."""
    for version in versions:
        if send_removal(client, name, version, patience):
            did(version)


def send_removal(client: Client, name: str, version: str, patience: Patience) -> bool:
    """Has the server accept the deletion of a version; False: it was gone without us."""
    path = stored.extension_path(name, version)
    lost = False
    failure: ApiError | LostAnswerError
    while True:
        try:
            client.delete(path)
            return True
        except LostAnswerError as error:
            lost, failure = True, error
        except ApiError as error:
            # What follows our own lost deletion may be its echo.
            if error.status not in (404, 409) and not (lost and error.status == 400):
                raise explained(error) from None
            failure = error
        if stored.version_details(client, name, version) is None:
            return lost
        patience.wait(failure)


class Gone(Looks):
    """Until the server lists none of the versions any more."""

    def __init__(self, client: Client, name: str, versions: Collection[str], patience: Patience) -> None:
        super().__init__(patience)
        self._client = client
        self._name = name
        self._versions = versions

    def look(self) -> str | None:
        left = [version for version in stored.versions(self._client, self._name) if version in self._versions]
        if not left:
            return None
        return f"versions of {self._name} were deleted, but the server still lists {', '.join(left)}"

    def failure_details(self) -> Mapping[str, Any]:
        return _DELETED


def wait_until_inactive(client: Client, name: str, patience: Patience) -> None:
    """Until no version is active; before that the server deletes none that is."""
    while True:
        active = stored.active_version(client, name)
        if active is None:
            return
        patience.wait(StateError(f"{name} was deactivated, but {active} is still shown as active"))


def deactivate(client: Client, name: str) -> None:
    """Switches the extension off; its versions stay."""
    client.delete(stored.extension_path(name, "environmentConfiguration"))


def remove_configuration(client: Client, name: str, object_id: str) -> None:
    client.delete(stored.extension_path(name, "monitoringConfigurations", object_id))
