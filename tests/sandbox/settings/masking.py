# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: masked in every read, kept when the masked text comes back, demanded again when it matters (API facts, 3.8)."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping
from typing import Any

from ..variants import Variant, Variants
from .catalog import Schema
from .values import canonical
from .walk import Definition, Path, rebuild, visit

_HASHED, _NUMBERED = "***16 hex***", "***NNN***"
_FORMS = {_HASHED: re.compile(r"\*{3}[0-9a-f]{16}\*{3}"), _NUMBERED: re.compile(r"\*{3}\d{3}\*{3}")}

VARIANTS = {
    "settings_secret_mask": Variant(
        "what stands for a secret in an answer; 16 hexadecimal digits, or NNN of older servers, differ from secret to secret",
        (_HASHED, _NUMBERED, "################", "*****"),
    ),
    "settings_secret_mask_on_create": Variant("the masked text as a secret of a new object", ("store", "refuse")),
}

_REENTER = "The secret has to be entered again"
Problem = tuple[Path, str]


class RecordedMask(str):
    """A secret of which nothing is known but its mask, in whatever form the recorded server has it."""

    __slots__ = ()


class Secrets:
    """Knows the mask of the moment."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    def mask(self, secret: str) -> str:
        """The same for the same secret. A secret that was sent as a mask is that mask."""
        text = str(self._variants["settings_secret_mask"])
        if isinstance(secret, RecordedMask) or self.is_mask(secret):
            return secret
        if text == _HASHED:
            return f"***{hashlib.sha256(secret.encode()).hexdigest()[:16]}***"
        return f"***{zlib.crc32(secret.encode()) % 1000:03}***" if text == _NUMBERED else text

    def is_mask(self, text: Any) -> bool:
        form = _FORMS.get(self._variants["settings_secret_mask"])
        if form is None:
            return bool(text == self._variants["settings_secret_mask"])
        return isinstance(text, str) and form.fullmatch(text) is not None

    def masked(self, schema: Schema, value: Mapping[str, Any], nulls: bool = False) -> dict[str, Any]:
        def leaf(path: Path, definition: Definition, item: Any) -> Any:
            return self.mask(item) if definition["type"] == "secret" and isinstance(item, str) else item

        return rebuild(schema, value, leaf, nulls)

    def resolved(
        self, schema: Schema, value: Mapping[str, Any], stored: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The value with stored secrets in place of masks. In collections the index tells which one is meant."""
        known = {} if stored is None else _secrets(schema, stored)
        problems: list[Problem] = []

        def leaf(path: Path, definition: Definition, item: Any) -> Any:
            if definition["type"] != "secret" or not (self.is_mask(item) or self._shows(known, path, item)):
                return item
            if path in known:
                return known[path]
            if stored is not None or self._variants["settings_secret_mask_on_create"] == "refuse":
                problems.append((path, _REENTER))
            return item

        return rebuild(schema, value, leaf), problems

    def not_resubmitted(
        self, schema: Schema, sent: Mapping[str, Any], new: Mapping[str, Any], old: Mapping[str, Any], complete: bool
    ) -> list[Problem]:
        """The masked secrets, when the change asks for all of them in clear.

        ``sent`` is the value as it came, ``new`` what would be stored; ``complete``: ``new`` has no other violations.
        """
        rules = [rule for rule in schema.constraints if rule.get("type") == "SECRET_RESUBMISSION"]
        by_any_change = complete and any(rule.get("checkAllProperties") for rule in rules)
        if not (_demanding(schema, new, old) or (by_any_change and canonical(new) != canonical(old))):
            return []
        message = next((rule["customMessage"] for rule in rules if rule.get("customMessage")), _REENTER)
        return [(path, message) for path in self._masked_places(schema, sent, old)]

    def _masked_places(self, schema: Schema, sent: Mapping[str, Any], old: Mapping[str, Any]) -> list[Path]:
        known = _secrets(schema, old)
        secrets = _secrets(schema, sent).items()
        return [path for path, secret in secrets if self.is_mask(secret) or self._shows(known, path, secret)]

    def _shows(self, known: Mapping[Path, Any], path: Path, text: Any) -> bool:
        """Whether it is a recorded mask that comes back."""
        return isinstance(known.get(path), RecordedMask) and bool(known[path] == text)


def recorded(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """A value as another server gave it: its secrets are masks."""

    def leaf(path: Path, definition: Definition, item: Any) -> Any:
        return RecordedMask(item) if definition["type"] == "secret" and isinstance(item, str) else item

    return rebuild(schema, value, leaf)


def _secrets(schema: Schema, value: Mapping[str, Any]) -> dict[Path, Any]:
    return {path: item for path, definition, item in visit(schema, value) if definition["type"] == "secret"}


def _demanding(schema: Schema, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a property with ``forceSecretResubmission`` has another value than before."""
    before, after = (
        {
            path: canonical(item)
            for path, definition, item in visit(schema, value)
            if definition.get("forceSecretResubmission")
        }
        for value in (old, new)
    )
    return any(before.get(path) != text for path, text in after.items())
