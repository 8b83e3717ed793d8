# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for what nobody outside knows of the real server (API facts, 7). Modules must work under every one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ApiError


@dataclass(frozen=True)
class Variant:
    """``choices[0]`` is the default; no choices means any value of the default's type."""

    about: str
    choices: tuple[Any, ...]
    free: bool = False


class Variants:
    """The switches of all parts, by name; each part declares its own in a ``VARIANTS`` mapping."""

    def __init__(self, *declared: Mapping[str, Variant]) -> None:
        self._known: dict[str, Variant] = {}
        for mapping in declared:
            self._known.update(mapping)
        self._set: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._set.get(name, self._known[name].choices[0])

    def set(self, wanted: Any) -> None:
        if not isinstance(wanted, dict):
            raise ApiError(400, "variants are an object: their values by their names")
        for name, value in wanted.items():
            known = self._known.get(name)
            if known is None:
                raise ApiError(400, f"no variant '{name}'; there are: {', '.join(sorted(self._known))}")
            if not known.free and value not in known.choices:
                raise ApiError(400, f"variant '{name}' is one of {list(known.choices)}, not {value!r}")
        self._set.update(wanted)

    def reset(self) -> None:
        self._set.clear()

    def listed(self) -> dict[str, Any]:
        return {
            name: {"value": self[name], "choices": list(known.choices), "about": known.about}
            for name, known in sorted(self._known.items())
        }
