# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a module declares, and how its results and errors leave. The only file that knows AnsibleModule.

A module runs in a process of its own (``Module.run``) or inside Ansible's (plugin_utils/_in_process.py). Both ways prepare a Task and
hand it to ``carried_out``, so that they cannot differ in what a module does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options, connected
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, MissingLibraryError
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import IMPORT_ERROR
from ansible_collections.community.dynatrace.plugins.module_utils._task import MASK, Result, Task, scrubbed
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Tell, untold

_WITHHELD = "(withheld: what in it is secret is not known)"
_WITHHELD_UNKNOWN = "(withheld: the module has no such option)"
# What stands before the host of an address is refused, but must not be shown either.
_ADDRESSES = ("environment_url", "oauth_token_url")
_USER_INFO = re.compile(r"//.*@")


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that reports its invocation itself, and writes nothing of it to syslog.

    Settings values hold secrets that only the schema knows, so an option in ``withheld`` is shown only after its package has
    masked it (Task.shown). This covers the failures of argument validation as well, which happen in AnsibleModule's own init.
    """

    def __init__(self, withheld: Sequence[str], **kwargs: Any) -> None:
        self.shown: dict[str, Any] = dict.fromkeys(withheld, _WITHHELD)
        super().__init__(**kwargs)

    def _log_invocation(self) -> None:
        """AnsibleModule would write all options but the no_log ones to syslog."""

    def exit_json(self, **kwargs: Any) -> NoReturn:  # type: ignore[misc]
        super().exit_json(**{**kwargs, "invocation": self._invocation()})

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:  # type: ignore[misc]
        super().fail_json(msg, **{**kwargs, "invocation": self._invocation()})

    def _invocation(self) -> dict[str, Any]:
        return {"module_args": {name: self._shown(name, value) for name, value in getattr(self, "params", {}).items()}}

    def _shown(self, name: str, value: Any) -> Any:
        """An option that the module does not have may be a misspelt one whose value is secret."""
        if name not in self.argument_spec:
            return _WITHHELD_UNKNOWN
        if name in _ADDRESSES and isinstance(value, str):
            return _USER_INFO.sub(f"//{MASK}@", value)
        return self.shown.get(name, value) if value else value


@dataclass(frozen=True)
class Module:
    """What a module is: its options beside the common ones, the work, and the rules of its arguments.

    ``scopes``: what an OAuth token is asked for by default; ``scopes_if``: and what else if an option is true. ``withheld``: options
    that may hold secrets which only the work can tell from the rest.
    """

    ensure: Callable[[Task], Result]
    options: Mapping[str, Any]
    scopes: Sequence[str] = ()
    scopes_if: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withheld: Sequence[str] = ()
    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_together: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_if: Sequence[Any] = ()
    required_by: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument_spec(self) -> dict[str, Any]:
        return {**common_options(), **self.options}

    @property
    def rules(self) -> dict[str, Any]:
        """As AnsibleModule and ArgumentSpecValidator take them."""
        return {
            "mutually_exclusive": self.mutually_exclusive,
            "required_together": self.required_together,
            "required_one_of": self.required_one_of,
            "required_if": self.required_if,
            "required_by": self.required_by,
        }

    def all_scopes(self, params: Mapping[str, Any]) -> list[str]:
        found = list(self.scopes)
        for option, more in self.scopes_if.items():
            if params[option]:
                found += more
        return found

    def run(self) -> None:
        """In a process of its own, as Ansible executes modules."""
        module = _Module(self.withheld, argument_spec=self.argument_spec, supports_check_mode=True, **self.rules)
        if IMPORT_ERROR is not None:
            module.fail_json(missing_required_lib("requests"), exception=IMPORT_ERROR)
        road = Road(
            check_mode=module.check_mode,
            with_diff=module._diff,
            warn=module.warn,
            run_program=module.run_command,
            on_secret=module.no_log_values.add,
            ansible_version=module.ansible_version,
            shown=module.shown,
        )
        result = carried_out(self, module.params, road)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


@dataclass
class Road:
    """What the two ways to run a module have each in its own way. ``on_secret`` learns what nothing may show."""

    check_mode: bool
    with_diff: bool
    warn: Callable[[str], None]
    run_program: Callable[..., Any]
    on_secret: Callable[[str], None]
    ansible_version: str
    shown: dict[str, Any]
    tell: Tell = untold


def carried_out(module: Module, params: Mapping[str, Any], road: Road) -> dict[str, Any]:
    """The keys of the task's result; ``failed`` among them only when it is true. ``params``: validated, with all defaults."""
    client = None
    secrets: set[str] = set()
    try:
        client = connected(params, module.all_scopes(params), road.on_secret, road.ansible_version)
        # An empty text is an option left out: some ansible-core versions turn an explicit null into one.
        given = {name: None if value == "" else value for name, value in params.items()}
        task = Task(
            given,
            client,
            road.check_mode,
            road.warn,
            road.run_program,
            road.shown,
            secrets,
            road.with_diff,
            road.tell,
        )
        return _done(module, task)
    except CollectionError as error:
        return _failure(error, secrets)
    finally:
        if client is not None:
            client.close()


def _done(module: Module, task: Task) -> dict[str, Any]:
    try:
        return module.ensure(task).as_dict(task.check_mode, task.with_diff)
    except CollectionError as error:
        failure = error
    # Not where it is handled: ansible-core would show the traceback of what is being handled, unscrubbed.
    failure.msg = task.journal.explained(failure.msg)
    failure.details = {**task.partial(), **failure.details, **task.journal.details()}
    return _failure(failure, task.secrets, task.journal.done, task.journal.unknown)


def _failure(
    failure: CollectionError, secrets: Collection[str], done: Sequence[str] = (), unknown: Sequence[str] = ()
) -> dict[str, Any]:
    """A failed task's result: what was done before, what may have been, and the error."""
    error = {**failure.error(), "done": list(done), "unknown": list(unknown)}
    shown = {"failed": True, "msg": failure.msg, "changed": False, "error": error, **failure.details}
    if isinstance(failure, MissingLibraryError):
        shown["msg"] = error["message"] = missing_required_lib(failure.library, reason=failure.reason)
        shown["exception"] = failure.trace
    found: dict[str, Any] = scrubbed(shown, secrets)
    return found
