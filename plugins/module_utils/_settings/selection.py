# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which schemas are meant, and which of them are read by one request.

Schemas share a list of objects, but for ordered ones: that the order of several schemas' objects is their rank is not said
anywhere (API facts, 3.2).
"""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .._errors import ApiError, refuse_if
from .api import in_lists

Row = TypeVar("Row")
# A schema that the environment lists and does not let read; and what is said of a token that may read none (API facts, 5.2).
_REFUSALS = (403, 404)
_OF_ALL = "missing required scope"


def chosen(catalog: Mapping[str, Any], schema_ids: Sequence[str], exclude: Sequence[str]) -> list[str]:
    """The ids that the names and patterns stand for. Raises InputError for one that the environment has no schema for."""
    wanted: dict[str, None] = {}
    for pattern in schema_ids:
        names = fnmatch.filter(catalog, pattern)
        refuse_if(not names, f"this environment has no schema {pattern}")
        wanted.update(dict.fromkeys(names))
    for pattern in exclude:
        for name in fnmatch.filter(list(wanted), pattern):
            del wanted[name]
    return list(wanted)


def groups(ordered: Mapping[str, bool], parallel: int) -> list[list[str]]:
    """Which schemas share a list: as few lists as their names allow, but no fewer than can be read at the same time."""
    names = sorted(ordered)
    alone = [[name] for name in filter(ordered.get, names)]
    together = list(itertools.filterfalse(ordered.get, names))
    return [*alone, *filter(None, in_lists(together, parallel))]


def read_apart(
    read: Callable[[Sequence[str]], Sequence[Row]],
    schema_ids: Sequence[str],
    refused: Callable[[str, ApiError], None],
) -> list[Row]:
    """What ``read`` gives for the schemas together; if that is refused, for each by itself. ``refused`` hears of those that fail alone."""
    try:
        return list(read(schema_ids))
    except ApiError as error:
        if error.status not in _REFUSALS or _OF_ALL in error.message:
            raise
        if len(schema_ids) == 1:
            refused(schema_ids[0], error)
            return []
    return list(itertools.chain.from_iterable(read_apart(read, [name], refused) for name in schema_ids))
