# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source settings_history. What it does is in plugins/module_utils/_settings/history_feed.py."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import os
import shlex
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
short_description: Changes of Dynatrace settings as events
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Emits an event for each change of a settings object, with who changed what and when, and the value before and after. Secrets are masked.
  - It polls the history of settings, with one request for each scope. It remembers the times of the changes and the revisions seen at those
    times, so that each change is reported once, even if it appears late.
  - When the server cannot be reached, limits requests, or fails, the source waits longer and longer, at most O(retry_max_delay), and goes
    on from there. Anything else that is wrong, such as a token that is refused, ends it with an error.
  - The Python that runs ansible-rulebook needs ansible-core and requests.
  - A change is C(event.change) with C(type) (C(CREATE), C(UPDATE), C(DELETE) or C(REORDER)), C(schema_id), C(scope), C(object_id),
    C(summary), C(by), C(by_token), C(reason), C(time), C(revision), C(properties) (those at the top of the value that differ), C(before)
    and C(after).
  - With O(run_minutes) there are also events C(event.run), for what is to run once for several changes. They have C(count), C(schema_ids),
    C(scopes) and C(by) of the changes since the last one.
options:
  schema_ids:
    description:
      - Schemas of the objects. If unset, all schemas are meant.
    type: list
    elements: str
  scopes:
    description:
      - Scopes of the objects. Only objects directly on a scope count.
    type: list
    elements: str
    default: [environment]
  ignore_changes_by:
    description:
      - Users and tokens whose changes are ignored. A token is named by its public part, such as C(dt0c01.ABC).
    type: list
    elements: str
  ignore_own_changes:
    description:
      - Whether to ignore the changes by the token or OAuth client of this source, too. Use the same one for the actions of the rulebook, or
        they trigger it again.
    type: bool
    default: true
  interval:
    description:
      - Seconds between two polls of the history.
    type: float
    default: 10
  run_minutes:
    description:
      - Emits an event C(event.run) immediately after a change, and then at most one in this number of minutes, for all changes since the
        last one. No change is lost; one that comes too early is part of the next event.
      - With V(0) there are no such events.
    type: float
    default: 0
  from:
    description:
      - Where to begin when there is no O(state_file) yet, a date such as V(2026-01-25T05:57:01Z), a time back from now such as V(now-2h),
        or a number of milliseconds since the epoch.
      - If unset, changes count from now on.
    type: str
  state_file:
    description:
      - File in which the source stores its position, so that it continues there when it is started again. It holds no values.
      - An event may be emitted twice if the source ends while it emits it.
      - If unset, changes that are made while it does not run are not reported.
    type: path
  admin_access:
    description:
      - Whether to read the history of objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
extends_documentation_fragment:
  - community.dynatrace.auth
"""

EXAMPLES = r"""
- name: Print what is changed by hand
  hosts: localhost
  sources:
    - name: Changes of auto-tags
      community.dynatrace.settings_history:
        environment_url: https://abc12345.live.dynatrace.com
        api_token: "{{ DYNATRACE_API_TOKEN }}"
        schema_ids:
          - builtin:tags.auto-tagging
        state_file: /var/lib/dynatrace/history.json
  rules:
    - name: Print who it was
      condition: event.change.type == "UPDATE"
      action:
        debug:
          msg: "{{ event.change.by }} changed {{ event.change.properties }} of {{ event.change.summary }}"
"""

_NAME = "settings_history"
_LOG = logging.getLogger(f"community.dynatrace.{_NAME}")
# ansible-rulebook runs this file alone, without the collection as a package.
_ROOT = Path(__file__).absolute().parents[4]
_PACKAGE = "community_dynatrace_module_utils"
_NOT_OPTIONS = "eda_"


class SettingsHistoryError(Exception):
    """Why the source ends, without secrets."""


async def main(queue: Any, args: Mapping[str, Any]) -> None:
    """What ansible-rulebook calls. ``queue``: takes the events."""
    source = await asyncio.to_thread(_Source, args)
    try:
        while True:
            await source.tell(queue)
            await asyncio.sleep(source.interval)
    finally:
        source.close()


class _Source:
    """One run of the event source, which begins with its arguments and its state file. Raises what ansible-rulebook logs."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        _module("_clock").start()
        self._feeds = _module("_settings.history_feed")
        self._errors = _module("_errors")
        self._secrets: set[str] = _module("_masking").given_secrets(_options(), args)
        self._failures = 0
        try:
            self._begin(_checked(args))
        except self._errors.CollectionError as error:
            raise self._masked(error) from None

    def _begin(self, params: Mapping[str, Any]) -> None:
        now = datetime.fromtimestamp(_module("_clock").now(), timezone.utc)
        options = self._feeds.FeedOptions.from_params(params, now)
        self.interval: float = options.interval
        self._runs = self._feeds.Runs(options.run_seconds)
        self._client = _connected(params, self._secrets)
        self._address: str = params["environment_url"]
        self._state = Path(params["state_file"]) if params["state_file"] else None
        settings = _module("_settings.api").Settings(self._client, params["admin_access"])
        self._feed = self._feeds.HistoryFeed(settings, options, self._kept())

    async def tell(self, queue: Any) -> None:
        """Puts the events of one look into the queue, and then keeps how far it has come."""
        changes = await asyncio.to_thread(self._polled)
        for change in changes:
            await queue.put({"change": change})
        due = self._runs.due(changes, _module("_clock").now()) if self._runs.seconds else []
        if due:
            await queue.put({"run": _summary(due)})
        await asyncio.to_thread(self._keep)

    def close(self) -> None:
        """A look that is on its way in a thread ends with the request that it waits for."""
        _module("_clock").stop()
        self._client.close()

    def _polled(self) -> list[dict[str, Any]]:
        try:
            changes: list[dict[str, Any]] = self._feed.poll()
        except self._errors.CollectionError as error:
            if not self._feeds.is_passing(error):
                raise self._masked(error) from None
            _LOG.warning("%s. It is tried again", self._masked(error))
            self._client.wait_before_retry(self._failures)
            self._failures += 1
            return []
        self._failures = 0
        return changes

    def _masked(self, error: Any) -> SettingsHistoryError:
        return SettingsHistoryError(_module("_masking").masked(error.msg, self._secrets))

    # the state file

    def _kept(self) -> Mapping[str, Any]:
        if self._state is None:
            return {}
        files = _module("_files")
        try:
            with files.open_file(str(self._state)) as stream:
                text = stream.read().decode("utf-8")
        except files.MissingFileError:
            return {}
        except (files.FileError, OSError, UnicodeDecodeError) as error:
            raise self._errors.InputError(f"state_file {self._state} cannot be read: {error}") from None
        try:
            kept: Mapping[str, Any] = self._feeds.read_state(text, self._address, self._runs)
        except self._errors.InputError as error:
            raise self._errors.InputError(f"state_file {self._state} cannot be used: {error.msg}") from None
        return kept

    def _keep(self) -> None:
        """Whoever reads it meanwhile sees the old one or the new one, whole."""
        if self._state is None:
            return
        text = self._feeds.written(self._address, self._feed.positions, self._runs)
        beside = self._state.with_name(f".{self._state.name}.{os.getpid()}")
        try:
            self._state.parent.mkdir(parents=True, exist_ok=True)
            beside.touch(mode=0o600)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._state)
        except OSError as error:
            raise SettingsHistoryError(f"state_file {self._state} cannot be written: {error}") from None


def _summary(due: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "count": len(due),
        "schema_ids": sorted({str(change["schema_id"]) for change in due}),
        "scopes": sorted({change["scope"] for change in due}),
        "by": sorted({str(change["by"]) for change in due}),
    }


def _options() -> dict[str, Any]:
    return {**_module("_connection").common_options(), **_module("_settings.history_feed").OPTIONS}


def _checked(args: Mapping[str, Any]) -> dict[str, Any]:
    """The options, with types and defaults, and from the environment as the modules read it."""
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible.module_utils.errors import UnsupportedError

    spec = _options()
    given = {name: value for name, value in args.items() if value is not None and not name.startswith(_NOT_OPTIONS)}
    result = ArgumentSpecValidator(spec).validate(given)
    if result.error_messages:
        begin = "Unsupported options: " if isinstance(result.errors[0], UnsupportedError) else ""
        advices = _module("_near").advices(_NAME, spec, given)
        raise _module("_errors").InputError(" ".join([begin + "; ".join(result.error_messages), *advices]))
    params: dict[str, Any] = result.validated_parameters
    return {name: None if value == "" and name != "environment_url" else value for name, value in params.items()}


def _connected(params: Mapping[str, Any], secrets: set[str]) -> Any:
    from ansible.release import __version__

    if _module("_http.library").IMPORT_ERROR is not None:
        raise _missing("requests cannot be imported")
    scopes = list(_module("_settings.history_feed").SCOPES)
    if params["admin_access"]:
        scopes.append("settings:objects:admin")
    return _module("_connection").connected(params, scopes, secrets.add, __version__)


def _module(name: str) -> Any:
    """A module of plugins/module_utils, whose files know each other by relative imports."""
    if _PACKAGE not in sys.modules:
        folder = _ROOT / "plugins" / "module_utils"
        spec = importlib.util.spec_from_file_location(
            _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None:
            raise SettingsHistoryError(f"{folder} is not there: the event source works only inside of its collection")
        sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(f"{_PACKAGE}.{name}")
    except ImportError as error:
        raise _missing(str(error)) from None


def _missing(what: str) -> SettingsHistoryError:
    return SettingsHistoryError(
        f"{what}. The event source needs ansible-core and requests: {shlex.quote(sys.executable)} -m pip install ansible-core requests"
    )
