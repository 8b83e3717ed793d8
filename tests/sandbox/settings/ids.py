# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opaque texts of the settings API: objectId and updateToken (API facts, 3.6), and the scopes inside them."""

from __future__ import annotations

import base64
import struct
import uuid
from dataclasses import dataclass

_OBJECT = bytes.fromhex("beef54de15dadead")
_UPDATE = bytes.fromhex("beef54de15d8dead")
_UPDATE_KIND = 76
# The clock of version 1 UUIDs counts 100 ns since 1582-10-15.
_GREGORIAN = 0x01B21DD213814000
_NAMESPACE = uuid.UUID("3f0f9d5e-5b0e-4f6b-9a58-0d5a9f2f7c11")

ENVIRONMENT = "environment"
# Scopes that are not entities (API facts, 3.4), each a class of its own.
_ALONE = (ENVIRONMENT, "environment-default", "userdefaults")
# How the environment is called inside an objectId, and accepted as a scope.
_TENANT = "tenant"


@dataclass(frozen=True)
class ObjectId:
    """What an objectId is made of; ``scope`` as the API writes it."""

    schema_id: str
    scope: str
    key: str


def scope_class(scope: str) -> str:
    """``HOST`` of ``HOST-D3A3C5A146830A79``; what is not an entity is its own class."""
    return scope if scope in _ALONE else scope.partition("-")[0]


def read_scope(text: str) -> str | None:
    """The scope as the API writes it, None when the text is none."""
    if text in (ENVIRONMENT, _TENANT):
        return ENVIRONMENT
    if text in _ALONE:
        return text
    kind, dash, rest = text.partition("-")
    return text if dash and rest and kind not in ("", ENVIRONMENT, _TENANT) else None


def make_key(*names: object) -> str:
    """The name-based UUID of an object: the same calls after a reset give the same ids."""
    return str(uuid.uuid3(_NAMESPACE, "/".join(map(str, names))))


def make_object_id(schema_id: str, scope: str, key: str) -> str:
    name = _TENANT if scope == ENVIRONMENT else scope
    kind, _dummy, rest = scope.partition("-")
    parts = (name, name) if scope in _ALONE else (kind, rest)
    return _encode(_OBJECT + struct.pack(">i", 1) + b"".join(map(_text, (schema_id, *parts, key))) + _OBJECT)


def read_object_id(text: str) -> ObjectId | None:
    """None when the text is not an objectId."""
    content = _decode(text)
    start, end = len(_OBJECT) + 4, -len(_OBJECT)
    if content is None or not content.startswith(_OBJECT + struct.pack(">i", 1)) or not content.endswith(_OBJECT):
        return None
    parts = _texts(content[start:end])
    if parts is None or len(parts) != 4:
        return None
    schema_id, kind, rest, key = parts
    scope = kind if kind == rest and kind in _ALONE else f"{kind}-{rest}"
    return ObjectId(schema_id, ENVIRONMENT if kind == _TENANT else scope, key)


def make_update_token(key: str, modified_ms: int, revision: int) -> str:
    parts = (key, str(make_revision(modified_ms, revision)))
    return _encode(_UPDATE + struct.pack(">H", _UPDATE_KIND) + b"".join(map(_text, parts)) + _UPDATE)


def make_revision(modified_ms: int, revision: int) -> uuid.UUID:
    """A version 1 UUID whose time is ``modified_ms``; its clock sequence tells revisions of one ms apart."""
    ticks = modified_ms * 10_000 + _GREGORIAN
    fields = (
        ticks & 0xFFFFFFFF,
        (ticks >> 32) & 0xFFFF,
        (ticks >> 48) & 0x0FFF | 0x1000,
        0x80 | (revision >> 8) & 0x3F,
        revision & 0xFF,
        0x010000000008,
    )
    return uuid.UUID(fields=fields)


def read_update_token(text: str) -> tuple[str, uuid.UUID] | None:
    """The key and the revision, None when the text is not an updateToken."""
    content = _decode(text)
    start, end = len(_UPDATE) + 2, -len(_UPDATE)
    if content is None or not content.startswith(_UPDATE) or not content.endswith(_UPDATE):
        return None
    parts = _texts(content[start:end])
    return None if parts is None or len(parts) != 2 else (parts[0], uuid.UUID(parts[1]))


def revision_ms(revision: uuid.UUID) -> int:
    return (revision.time - _GREGORIAN) // 10_000


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded


def _texts(content: bytes) -> list[str] | None:
    texts, position = [], 0
    while position < len(content):
        if position + 2 > len(content):
            return None
        (length,) = struct.unpack_from(">H", content, position)
        piece = content[position + 2 : position + 2 + length]
        if len(piece) != length:
            return None
        texts.append(piece.decode(errors="replace"))
        position += 2 + length
    return texts


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
