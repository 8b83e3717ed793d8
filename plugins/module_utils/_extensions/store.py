# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The writes of an upload: upload, validate, replace, activate; each goes on until it is done or the time is over (FACTS 2.2, 2.3).

Every write reads before it sends again, because an answer can be lost and another pipeline can be first.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, cast

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    OvertakenError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import upload_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import (
    EXTENSIONS,
    active_version,
    download,
    extension_path,
    version_details,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.refusals import (
    explained,
    is_about_room,
    said,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.removal import remove
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.multipart import FormFile
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package, file_name

_CONTENT_TYPE = re.compile(r"content[- ]?type|media[- ]?type|multipart|octet-stream", re.IGNORECASE)
# What a server says of a version that the plan is about to delete; the exact words are not documented.
_IN_THE_WAY = re.compile(r"already|exists|duplicate|conflict|quantity limit", re.IGNORECASE)


class TakenError(Exception):
    """The version is there now, and it was not us: somebody else was first, so look and plan again."""

    def __init__(self, failure: ApiError | LostAnswerError) -> None:
        super().__init__(failure.msg)
        self.failure = failure


class FullError(Exception):
    """There is no room for another version, or not yet, although a deletion has made some: look and plan again after a while."""

    def __init__(self, failure: ApiError) -> None:
        super().__init__(failure.msg)
        self.failure = failure


class Sender:
    """Sends packages in the form that the server takes: as they are, or as a part of a form where it wants that."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._as_form = False

    def send(self, package: Package, validate_only: bool = False) -> Mapping[str, Any]:
        """The server's description of the package. With ``validate_only`` nothing is stored."""
        if not self._as_form:
            try:
                return self._post(package.stream, "application/octet-stream", validate_only)
            except ApiError as error:
                if not _is_about_content_type(error):
                    raise
            self._as_form = True
        form = FormFile(package.stream, "file", file_name(package.name, package.version))
        return self._post(cast("IO[bytes]", form), form.content_type, validate_only)

    def _post(self, stream: IO[bytes], content_type: str, validate_only: bool) -> Mapping[str, Any]:
        params = {"validateOnly": "true"} if validate_only else None
        answer = self._client.upload(EXTENSIONS, stream, content_type, params, is_read=validate_only)
        return answer if isinstance(answer, Mapping) else {}


def store(
    client: Client, sender: Sender, package: Package, patience: Patience, makes_room: bool = False
) -> Mapping[str, Any]:
    """Uploads a version that is not there, and returns what the server says of it. Raises TakenError.

    ``makes_room``: old versions may be deleted for it; raises FullError then where there are too many.
    """
    lost = False
    failure: ApiError | LostAnswerError
    while True:
        try:
            return sender.send(package)
        except LostAnswerError as error:
            lost, failure = True, error
        except ApiError as error:
            # 400 as well: nobody knows which of them a version gets that is there already (FACTS section 2.2).
            if error.status not in (400, 409):
                raise explained(error) from None
            if makes_room and is_about_room(error):
                raise FullError(explained(error)) from None
            failure = error
        details = version_details(client, package.name, package.version)
        if details is not None:
            if lost and is_same(client, package, details):
                return details
            raise TakenError(failure)
        _wait(patience, failure)


def validate(
    client: Client,
    sender: Sender,
    package: Package,
    patience: Patience,
    replaces: bool = False,
    makes_room: bool = False,
) -> Mapping[str, Any] | None:
    """Lets the server check what would be uploaded. Raises TakenError.

    ``replaces``: the version is there and would be deleted before; ``makes_room``: other versions would. A server that objects to
    that alone has not validated: None.
    """
    while True:
        try:
            return sender.send(package, validate_only=True)
        except ApiError as error:
            if error.status not in (400, 409):
                raise explained(error) from None
            failure = error
        if makes_room and is_about_room(failure):
            return None
        if replaces:
            if failure.status == 409 or _IN_THE_WAY.search(said(failure)):
                return None
        elif version_details(client, package.name, package.version) is not None:
            raise TakenError(failure)
        _wait(patience, failure)


def replace(client: Client, sender: Sender, package: Package, kept: Package, seconds: float) -> Mapping[str, Any]:
    """Deletes the stored version and uploads this one; if that fails, ``kept`` is uploaded again.

    What the server objects to in the package itself comes out before anything is deleted.
    """
    patience = Patience(seconds)
    validate(client, sender, package, patience, replaces=True)
    with _saved(kept) as saved:
        saved.needed = True
        try:
            remove(client, package.name, package.version, patience)
        except CollectionError as error:
            saved.needed = "action" in error.details or isinstance(error, LostAnswerError)
            saved.tell(error, "the version that was stored is kept in")
            raise
        try:
            stored = _store_again(client, sender, package, patience)
        except CollectionError as error:
            _put_back(client, sender, kept, seconds, saved, error)
            raise
        saved.needed = False
        return stored


def activate(client: Client, name: str, version: str) -> None:
    """Makes a stored version the one that works (FACTS section 2.3)."""

    def apply(planned: plan.Plan) -> None:
        send_activation(client, name, version, planned.activation)

    reconcile(client, lambda: active_version(client, name), lambda active: plan.activation_only(version, active), apply)


def send_activation(client: Client, name: str, version: str, method: str | None) -> None:
    """``method``: plan.POST where no version is active, plan.PUT to switch."""
    send = client.post if method == plan.POST else client.put
    try:
        send(extension_path(name, "environmentConfiguration"), {"version": version})
    except ApiError as error:
        # A POST does not switch everywhere, and somebody may have activated another version just now.
        if method == plan.POST and error.status == 400:
            raise OvertakenError(error) from None
        raise


def is_same(client: Client, package: Package, details: Mapping[str, Any]) -> bool:
    """Whether the stored version has the package's content."""
    if plan.same_by_hash(package, details):
        return True
    with tempfile.TemporaryFile() as space:
        stored = download(client, package.name, package.version, space)
        return stored is not None and not plan.difference(package.members, stored.members)


def _wait(patience: Patience, failure: ApiError | LostAnswerError) -> None:
    """A 400 stays one, however long one waits."""
    if isinstance(failure, ApiError) and failure.status == 400:
        raise explained(failure) from None
    patience.wait(failure)


def _is_about_content_type(error: ApiError) -> bool:
    return error.status == 415 or (error.status == 400 and bool(_CONTENT_TYPE.search(said(error))))


def _store_again(client: Client, sender: Sender, package: Package, patience: Patience) -> Mapping[str, Any]:
    """store, after the version was deleted: nobody is expected to fill the gap, but somebody could."""
    try:
        return store(client, sender, package, patience)
    except TakenError as error:
        details = version_details(client, package.name, package.version)
        if details is not None and is_same(client, package, details):
            return details
        raise StateError(
            f"{package.name} {package.version} was deleted to be replaced, but somebody else uploaded another content meanwhile",
            {"changed": True, "action": "delete"},
        ) from error


class _Saved:
    """The copy of a package on disk while the server has none. ``needed``: it outlives this process."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.needed = False

    def tell(self, error: CollectionError, text: str) -> None:
        if self.needed:
            error.msg += f"; {text} {self.path} on the machine where the module runs"
            error.details["kept_package"] = self.path


@contextmanager
def _saved(package: Package) -> Iterator[_Saved]:
    """A file, not memory: what is there even if this process is killed between the deletion and the upload."""
    prefix = file_name(package.name, package.version)[: -len(".zip")] + "-"
    handle, path = tempfile.mkstemp(prefix=prefix, suffix=".zip")
    saved = _Saved(path)
    try:
        with os.fdopen(handle, "wb") as copy:
            package.stream.seek(0)
            shutil.copyfileobj(package.stream, copy)
        yield saved
    finally:
        if not saved.needed:
            os.unlink(path)


def _put_back(
    client: Client, sender: Sender, kept: Package, seconds: float, saved: _Saved, error: CollectionError
) -> None:
    """Uploads what was there before, and adds to ``error`` how that went."""
    if "action" in error.details:
        saved.tell(error, "what was stored before is kept in")  # something else is in its place
        return
    try:
        _store_again(client, sender, kept, Patience(seconds))
    except CollectionError as again:
        error.details.update(changed=True, action="delete")
        saved.tell(error, f"the stored version was deleted and could not be put back ({again.msg}); it is kept in")
    else:
        saved.needed = False
        error.msg += "; the version that was stored before was put back"
