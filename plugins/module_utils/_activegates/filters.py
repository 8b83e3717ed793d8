# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""From the filters that users give to the parameters of the API. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import InputError
from .versions import filter_version

COMPARE_TYPES = ["EQUAL", "GREATER", "GREATER_EQUAL", "LOWER", "LOWER_EQUAL"]


def names(options: Sequence[str], **others: str) -> dict[str, str]:
    """The API's names by option: the same words, otherwise joined. ``others``: those that differ in more than that."""
    return {**dict(zip(options, map(_joined, options))), **others}


def _joined(option: str) -> str:
    first, *words = option.split("_")
    return first + "".join(map(str.capitalize, words))


def query(given: Mapping[str, Any], names: Mapping[str, str], version_options: Sequence[str]) -> dict[str, Any]:
    """The parameters for the options in ``names``, of which None and an empty list were not given.

    ``names``: the API's names by option. ``version_options``: those that are compared as their ``_compare_type`` says; without one
    they mean exactly that version.
    """
    asked = {names[option]: _written(given[option]) for option in names if given[option] not in (None, [])}
    for option in version_options:
        compared = f"{option}_compare_type"
        if given[option]:
            filter_version(option, given[option])
            asked.setdefault(names[compared], "EQUAL")
        elif given[compared]:
            raise InputError(f"{compared} compares with {option}: give that as well")
    return asked


def refuse(reason: str, asked: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """InputError if there is any filter. ``reason``: why it makes no sense, as the beginning of a sentence."""
    others = [option for option, name in names.items() if name in asked]
    if others:
        raise InputError(f"{reason}: leave out {', '.join(others)}")


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value
