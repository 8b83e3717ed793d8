# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The calls for extensions: versions, the active one, packages, and who uses them (API facts, 2.1 to 2.4, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from .._errors import ApiError, StateError, unless_absent
from .._http.client import Client, path_segment
from .._http.multipart import form_of
from .._http.shape import Part, Reader, document, nothing
from .._packages.archive import ArchiveError
from .._packages.package import Package, file_name, read_package
from .._text import version_key
from .platform import EXTENSIONS, at_its_api

# Of a refusal while the schema of the configurations is not there yet (API facts, 2.4).
NO_SCHEMA = "No schema with identifier"
# The largest page that the API gives.
PAGE_SIZE = 100
# How an active version is set (API facts, 2.3): POST when there is none, PUT to switch.
POST, PUT = "POST", "PUT"
_CONTENT_TYPE = re.compile(r"content[- ]?type|media[- ]?type|multipart|octet-stream", re.IGNORECASE)
# What a server says of a version that is about to be deleted; the exact words are not documented.
_IN_THE_WAY = re.compile(r"already|exists|duplicate|conflict|quantity limit", re.IGNORECASE)
_LIMIT = re.compile(r"versions quantity limit", re.IGNORECASE)
# Names of Dynatrace's own extensions begin with it (API facts, 2.7).
_RESERVED = "com.dynatrace."
_BEGIN_OTHERWISE = (
    f"names that begin with {_RESERVED} are reserved for extensions of Dynatrace: use a name that begins with custom:"
)
# What the server's refusals mean, and what to do about them (API facts, 5.2).
_HINTS = (
    (
        re.compile(r"signature", re.IGNORECASE),
        "sign it with a developer certificate whose root certificate is in the environment's credential vault "
        "(type public certificate, scope extension validation)",
    ),
    (
        re.compile(r"reserved", re.IGNORECASE),
        _BEGIN_OTHERWISE,
    ),
    (
        _LIMIT,
        "an extension has at most 10 versions: delete one that is no longer needed, or set keep_versions of extension_upload",
    ),
    (
        re.compile(r"minDynatraceVersion|minEECVersion|(?:Dynatrace|cluster|server|EEC) version", re.IGNORECASE),
        "the environment must have at least the version that extension.yaml asks for",
    ),
)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class StoredVersion:
    """One version of an extension. ``row``: as the API gives it (model Extension)."""

    name: str
    version: str
    file_hash: str | None = None
    data_sources: Sequence[str] = ()
    row: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ListedExtension:
    """One row of the list of all extensions. ``version``: any of the stored ones."""

    name: str
    version: str | None
    active_version: str | None
    keywords: Sequence[str]


@dataclass(frozen=True)
class UsingConfiguration:
    """A monitoring configuration, as far as it matters to its extension. ``row``: what both APIs say of it, which may hold secrets."""

    id: str
    scope: str | None
    description: str | None
    version: str | None
    row: Mapping[str, Any] = field(repr=False)

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.id} ({self.scope}, {self.description or 'without description'})"

    def is_newer_than(self, version: str) -> bool:
        return self.version is not None and version_key(self.version) > version_key(version)


@dataclass(frozen=True)
class Assets:
    """How far the import of the active version's assets is."""

    version: str | None
    status: str
    errors: Sequence[str]


class Extensions:
    """The extensions of one environment, on the API that the token is for."""

    def __init__(self, client: Client) -> None:
        self._client = at_its_api(client)
        self._as_form = False

    # versions

    def listed(self, query: str | None) -> list[ListedExtension]:
        """A row for each extension, or for those whose name contains ``query``: that of the newest version which the list has."""
        params = {"pageSize": PAGE_SIZE, "name": query}
        try:
            rows = list(self._client.pages(f"{EXTENSIONS}/info", params, "extensions", _listed))
            return _one_each(rows)
        except ApiError as error:
            if not error.is_absence:
                raise
        # Servers of before that endpoint take "info" for the name of an extension.
        rows = list(self._client.pages(EXTENSIONS, params, "extensions", _listed))
        return [ListedExtension(row.name, row.version, self.active_version(row.name), ()) for row in _one_each(rows)]

    def versions(self, name: str) -> list[str]:
        """All stored versions, the newest first; empty for an unknown extension."""

        def read() -> list[str]:
            rows = self._client.pages(extension_path(name), {"pageSize": PAGE_SIZE}, "extensions", _version_of_row)
            return sorted(rows, key=version_key, reverse=True)

        return unless_absent(read) or []

    def version(self, name: str, version: str) -> StoredVersion | None:
        """None: it is not stored."""
        return unless_absent(lambda: self._client.get(extension_path(name, version), None, _stored_version))

    def details(self, name: str, version: str) -> Mapping[str, Any] | None:
        """A version as the API has it; None: it is not stored."""
        return unless_absent(lambda: self._client.get(extension_path(name, version), None, document))

    def delete(self, name: str, version: str) -> None:
        """The server goes on with it after its answer."""
        _hinted(lambda: self._client.delete(extension_path(name, version), read=_stored_version))

    def schema_document(self, name: str, version: str) -> Mapping[str, Any] | None:
        """The schema of a version's configurations as the API has it; None while it is not there."""
        path = extension_path(name, version, "schema")
        return unless_absent(lambda: self._client.get(path, None, document))

    # the active version

    def active_version(self, name: str) -> str | None:
        """The version that works in the environment; None: the extension is not active, or unknown."""
        return unless_absent(
            lambda: self._client.get(extension_path(name, "environmentConfiguration"), None, _version_of_row)
        )

    def activate(self, name: str, version: str, method: str) -> None:
        """``method``: POST where no version is active, PUT to switch."""
        send = self._client.post if method == POST else self._client.put
        send(extension_path(name, "environmentConfiguration"), {"version": version}, _version_of_row)

    def deactivate(self, name: str) -> None:
        """Switches the extension off; its versions stay."""
        read: Reader[Any] = nothing if self._client.is_platform else _version_of_row
        self._client.delete(extension_path(name, "environmentConfiguration"), read=read)

    def assets(self, name: str) -> Assets | None:
        """None: the extension is not active."""
        path = extension_path(name, "environmentConfiguration", "assets")
        return unless_absent(lambda: self._client.get(path, None, _assets))

    # monitoring configurations

    def configurations(self, name: str, version: str | None = None) -> list[UsingConfiguration]:
        """All of an extension, or those that use one version of it."""
        params = {"pageSize": PAGE_SIZE, "version": version}
        path = extension_path(name, "monitoringConfigurations")
        rows = self.unless_there_are_none(name, lambda: list(self._client.pages(path, params, "items", _configuration)))
        return rows if version is None else [row for row in rows if row.version == version]

    def unless_there_are_none(self, name: str, read: Callable[[], list[Answer]]) -> list[Answer]:
        """The configurations that ``read`` lists. 404 says that there are none, as before the first activation, when their schema comes;
        but not of an extension that is active: were it believed then, all of them would be made once more.
        """
        try:
            return read()
        except ApiError as error:
            if not error.is_absence:
                raise
            if NO_SCHEMA in error.message or self.active_version(name) is None:
                return []
        return read()

    def lists_configurations(self, name: str) -> bool:
        """Whether the server can list them, which it perhaps cannot before it has their schema."""
        path = extension_path(name, "monitoringConfigurations")
        params = {"pageSize": 1}
        return (
            unless_absent(lambda: self._client.get(path, params, lambda answer: answer.required_parts("items")))
            is not None
        )

    def delete_configuration(self, name: str, configuration_id: str) -> None:
        self._client.delete(extension_path(name, "monitoringConfigurations", configuration_id))

    # packages

    def upload(self, package: Package) -> StoredVersion:
        """Stores a version that is not there."""
        return _hinted(lambda: self._send(package, None), package.name)

    def validate(self, package: Package) -> StoredVersion:
        """What ``upload`` would give; nothing is stored."""
        return _hinted(lambda: self._send(package, {"validateOnly": "true"}), package.name)

    def download(self, name: str, version: str, sink: IO[bytes]) -> Package | None:
        """The stored package, kept in ``sink``; None when it is gone. Raises StateError when what came is not a package."""
        label = f"the stored package of {name} {version}"

        def read() -> Package:
            self._client.download(extension_path(name, version), sink)
            return read_package(sink, label, bare=True)

        try:
            return unless_absent(read)
        except ArchiveError as error:
            raise StateError(
                f"cannot compare with what is stored: {error}. Upload a higher version, or delete {version} first (state absent)"
            ) from None
        except OSError as error:
            raise StateError(f"{label} cannot be stored for the comparison: {error.strerror or error}") from None

    def _send(self, package: Package, params: Mapping[str, Any] | None) -> StoredVersion:
        """As it is, or as a part of a form where the server wants that."""
        if not self._as_form:
            try:
                return self._post(package, package.stream, "application/octet-stream", params)
            except ApiError as error:
                if not _is_about_content_type(error):
                    raise
            self._as_form = True
        form, content_type = form_of(package.stream, "file", file_name(package.name, package.version))
        return self._post(package, form, content_type, params)

    def _post(
        self, package: Package, stream: IO[bytes], content_type: str, params: Mapping[str, Any] | None
    ) -> StoredVersion:
        def read(answer: Part) -> StoredVersion:
            if params and self._client.is_platform:  # where a validation answers nothing
                return StoredVersion(package.name, package.version)
            return _stored_version(answer)

        return self._client.upload(EXTENSIONS, stream, content_type, read, params, is_read=params is not None)


def extension_path(name: str, *rest: str) -> str:
    """The path of an extension, or of what is below it."""
    return "/".join([EXTENSIONS, path_segment(name), *map(path_segment, rest)])


def is_about_room(error: ApiError) -> bool:
    """Whether there are as many versions as an extension may have, or were a moment ago."""
    return error.status == 400 and bool(_LIMIT.search(words(error)))


def is_about_stored_version(error: ApiError) -> bool:
    """Whether a validation may have been refused only because the version is stored."""
    if error.status == 409:
        return True
    return error.status == 400 and bool(_IN_THE_WAY.search(words(error)))


def words(error: ApiError) -> str:
    """The server's own words, without the address."""
    return " ".join([error.message, *(violation.message for violation in error.violations)])


def _is_about_content_type(error: ApiError) -> bool:
    if error.status == 415:
        return True
    return error.status == 400 and bool(_CONTENT_TYPE.search(words(error)))


def _hinted(send: Callable[[], Answer], name: str = "") -> Answer:
    """What ``send`` gives; its refusal says what to do. ``name``: of the extension that is sent."""
    try:
        return send()
    except ApiError as error:
        error.msg += hint(error, name)
        raise


def hint(error: ApiError, name: str = "") -> str:
    """What to do about a refusal, in brackets; nothing where it is not known."""
    if error.status != 400:
        return ""
    said = words(error)
    advices = [advice for pattern, advice in _HINTS if pattern.search(said)][:1]
    # How the server reports this is not known, so the advice is added to any message.
    if name.startswith(_RESERVED) and _BEGIN_OTHERWISE not in advices:
        advices.append(_BEGIN_OTHERWISE)
    return f" ({'; '.join(advices)})" if advices else ""


# readers


def _one_each(rows: Sequence[ListedExtension]) -> list[ListedExtension]:
    """The list may have an extension several times (API facts, 2.1)."""
    newest = {row.name: row for row in sorted(rows, key=lambda row: version_key(row.version or ""))}
    return [newest[name] for name in dict.fromkeys(row.name for row in rows)]


def _listed(row: Part) -> ListedExtension:
    active, keywords = row.optional_text("activeVersion"), row.texts("keywords")
    return ListedExtension(row.text("extensionName"), row.optional_text("version"), active, keywords)


def _version_of_row(row: Part) -> str:
    return row.text("version")


def _stored_version(answer: Part) -> StoredVersion:
    row: Mapping[str, Any] = answer.record().raw
    name, version = answer.text("extensionName"), answer.text("version")
    return StoredVersion(name, version, answer.optional_text("fileHash"), answer.texts("dataSources"), row)


def _configuration(row: Part) -> UsingConfiguration:
    value = row.part("value")
    description, version = value.optional_text("description"), value.optional_text("version")
    raw = {field: row.value(field) for field in ("objectId", "scope", "value")}
    return UsingConfiguration(row.text("objectId"), row.optional_text("scope"), description, version, raw)


def _assets(answer: Part) -> Assets:
    status = answer.optional_text("status") or ""
    return Assets(answer.optional_text("version"), status, answer.texts("errors"))
