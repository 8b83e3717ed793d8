# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What of the options of api and api_info may be shown, and what nothing may repeat."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, unquote_plus

from .._lists import check_depth
from .._masking import MASK
from .._task import Task
from . import body, headers, values

# Options with data, in which secrets are told by the names of properties and parameters.
_DATA = ("body", "query", "unless_found", "validator")


def hide(task: Task) -> None:
    """The first thing that both modules do. Raises InputError for what is nested too deeply to be looked at."""
    params = task.params
    names = params.get("secret_properties") or ()
    for option in _DATA:
        given = params.get(option)
        check_depth(option, given)
        task.secrets.update(values.secrets(given, names))
        # Of a text nobody can tell, so it stays withheld.
        if not isinstance(given, str):
            task.shown[option] = values.masked(given, names)
    task.secrets.update(body.secret_texts(params.get("body"), params.get("content_type")))
    own = params["headers"] or {}
    task.secrets.update(headers.secret_texts(own))
    task.shown["headers"] = dict.fromkeys(own, MASK)
    if params["path"]:
        task.shown["path"] = _without_secrets(task, params["path"], names)


def _without_secrets(task: Task, path: str, names: Collection[str]) -> str:
    """The path, whose query may have parameters that are called like a secret."""
    before, mark, query = path.partition("?")
    shown = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if value and values.is_secret(unquote_plus(name), names):
            task.secrets.update({value, *dict(parse_qsl(pair)).values()})
            pair = f"{name}{equals}{MASK}"
        shown.append(pair)
    return before + mark + "&".join(shown)
