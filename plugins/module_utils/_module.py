# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a module declares, and how its results and errors leave. The only file that knows AnsibleModule.

A module runs in a process of its own (``Module.run``) or inside Ansible's (plugin_utils/_in_process.py). Both ways prepare a Task and
hand it to ``carried_out``, and both send what leaves through a Report, so that they cannot differ in what a module does and shows.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, cast

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.validation import check_type_dict

from . import _masking, _near
from ._connection import Clients, Connection, common_options
from ._errors import CollectionError, MissingLibraryError, refuse_if
from ._files import is_path
from ._http.client import Client
from ._http.library import IMPORT_ERROR
from ._task import Result, Task
from ._text import shortened
from ._wait import Progress, Tell, untold

_WITHHELD = "(withheld: what in it is secret is not known)"
# Arguments at which ansible-core's own check ends with an exception, which does not say in which option.
UNCHECKED = (OverflowError, TypeError)
UNCHECKED_MSG = "Ansible cannot check the options and the variables of the environment: one of them is an infinite or too large number"
_WITHHELD_UNKNOWN = "(withheld: the module has no such option)"
# Seconds, days and numbers of things; with more, dates and the waits of the operating system overflow.
_LARGEST = 10**9
# As Ansible shows such options.
_NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Warnings of libraries for programmers, which nobody sees of a module that Ansible executes.
_FOR_PROGRAMMERS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning, SyntaxWarning)


@dataclass(frozen=True)
class Module:
    """What a module is: its options beside the common ones, the work, and the rules of its arguments.

    ``scopes``: what an OAuth token is asked for by default; ``scopes_if``: and what else if an option is true ("admin_access") or has
    a value ("source=hub"). ``withheld``: options that may hold secrets which only the work can tell from the rest. ``is_local``: it sends
    no request, so that it has none of the common options, and its task has no client.
    """

    ensure: Callable[[Task], Result]
    options: Mapping[str, Any]
    scopes: Sequence[str] = ()
    scopes_if: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withheld: Sequence[str] = ()
    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_if: Sequence[Any] = ()
    is_local: bool = False

    @property
    def argument_spec(self) -> dict[str, Any]:
        return dict(self.options) if self.is_local else {**common_options(), **self.options}

    @property
    def rules(self) -> dict[str, Any]:
        """As AnsibleModule and ArgumentSpecValidator take them."""
        return {
            "mutually_exclusive": self.mutually_exclusive,
            "required_one_of": self.required_one_of,
            "required_if": self.required_if,
        }

    def with_lists(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments, in which lists of dictionaries may be JSON texts, as surveys and the command line give them."""
        lists = {}
        for name, option in self.options.items():
            text = given.get(name)
            if option.get("elements") == "dict" and isinstance(text, str):
                with contextlib.suppress(ValueError, RecursionError):
                    lists[name] = json.loads(text)
        return {**given, **lists}

    def wrong_shape(self, given: Mapping[str, Any]) -> str:
        """Which option is not the dictionary or the list that its suboptions need, as a sentence; empty if all are.

        Ansible says of most that a dictionary was requested, but not where, and looks into some as if they were one.
        """
        for name, option in self.options.items():
            value = given.get(name)
            if "options" not in option or value is None:
                continue
            if option["type"] == "dict":
                entries = {name: value}
            elif isinstance(value, list):
                entries = {f"{name}[{index}]": entry for index, entry in enumerate(value)}
            else:
                return (
                    f"{name} must be a list of dictionaries, or a JSON text of one; from_yaml makes one of a YAML text"
                )
            for place, entry in entries.items():
                if not _is_dictionary(entry):
                    return f"{place} must be a dictionary"
        return ""

    def all_scopes(self, params: Mapping[str, Any]) -> list[str]:
        """Each once, in their order."""
        scopes = list(self.scopes)
        for condition, more in self.scopes_if.items():
            if _holds(condition, params):
                scopes += more
        return list(dict.fromkeys(scopes))

    def run(self) -> None:
        """In a process of its own, as Ansible executes modules."""
        module = _Module(self)
        if IMPORT_ERROR is not None and not self.is_local:
            module.fail_json(missing_required_lib("requests"), exception=IMPORT_ERROR)
        with contextlib.closing(Clients()) as clients:
            road = Road(
                check_mode=module.check_mode,
                with_diff=module._diff,
                warn=module.warn,
                run_program=module.run_command,
                clients=clients,
                ansible_version=module.ansible_version,
                report=module.report,
            )
            result = carried_out(self, module.params, road)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


def _holds(condition: str, params: Mapping[str, Any]) -> bool:
    name, equals, choice = condition.partition("=")
    if equals:
        return bool(params[name] == choice)
    return bool(params[name])


class Report:
    """What leaves of one run of a module: the result and the invocation, without secrets.

    Settings values hold secrets that only the schema knows, so an option in ``withheld`` is shown only after its room has masked
    it (Task.shown).
    """

    def __init__(self, module: Module) -> None:
        self.shown: dict[str, Any] = dict.fromkeys(module.withheld, _WITHHELD)
        self._secrets: set[str] = set()
        self._issued: Collection[str] = ()
        self._module = module
        self._options = module.argument_spec

    def learn(self, given: Mapping[str, Any]) -> None:
        """To be called with the arguments as they were given, before anything can fail."""
        self._secrets |= _masking.given_secrets(self._options, given)

    def follow(self, issued: Collection[str]) -> None:
        """Credentials from elsewhere, and the tokens that are issued to them: more may come while the module runs."""
        self._issued = issued

    def refusal(self, msg: str, params: Mapping[str, Any], module_name: str) -> dict[str, Any]:
        """The result for wrong arguments. ansible-core repeats them in its messages, those that may be secret as well."""
        for name, value in params.items():
            if name in self._module.withheld or name not in self._options:
                # Without the space after the colon, "api_token:SECRET" is a name.
                self._secrets |= _masking.guessed_secrets([value, name.partition(":")[2]])
        said = " ".join([msg, *_near.advices(module_name, self._options, params)])
        return self.of({"failed": True, "msg": said}, params)

    def of(self, result: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of the task's result, and the invocation."""
        invocation = {"module_args": {name: self._shown(name, value) for name, value in params.items()}}
        return {**_brief(_masking.masked_fields(result, self._known)), "invocation": self.masked(invocation)}

    def masked(self, value: Any, more: Iterable[str] = ()) -> Any:
        """``value`` without the texts that nothing may show, and without ``more``."""
        return _masking.masked(value, {*self._known, *more})

    @property
    def _known(self) -> set[str]:
        return {*self._secrets, *self._issued}

    def _shown(self, name: str, value: Any) -> Any:
        """An option that the module does not have may be a misspelt one whose value is secret."""
        option = self._options.get(name)
        if option is None:
            return _WITHHELD_UNKNOWN
        if option.get("no_log"):
            return _NOT_SHOWN if value else value
        return self.shown.get(name, value) if value else value


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    """With messages that can be read, whatever the length of what they name. All else stays whole."""
    if "msg" in result:
        result["msg"] = shortened(result["msg"])
    error = result.get("error")
    if error:
        error["message"] = shortened(error["message"])
        for writes in ("done", "unknown"):
            error[writes] = [shortened(text) for text in error[writes]]
    return result


def _is_dictionary(value: Any) -> bool:
    """As Ansible has it, which takes texts such as ``a=b`` as well."""
    if isinstance(value, str):
        with contextlib.suppress(TypeError):
            return isinstance(check_type_dict(value), dict)
    return isinstance(value, dict)


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule whose results leave through a Report, and that writes nothing of its invocation to syslog."""

    def __init__(self, module: Module) -> None:
        self.report = Report(module)
        self._declared = module
        self._is_checked = False
        try:
            super().__init__(argument_spec=module.argument_spec, supports_check_mode=True, **module.rules)
        except UNCHECKED:
            self.fail_json(UNCHECKED_MSG)
        if self._wrong_shape:
            self.fail_json(self._wrong_shape)
        self._is_checked = True

    def _load_params(self) -> None:
        super()._load_params()
        self.params: dict[str, Any] = self._declared.with_lists(self.params)
        self._wrong_shape = self._declared.wrong_shape(self.params)
        self.report.learn(self.params)

    def _log_invocation(self) -> None:
        """AnsibleModule would write all options but the no_log ones to syslog."""

    def _return_formatted(self, kwargs: Any) -> None:
        # AnsibleModule would mask each blank of a result.
        self.no_log_values: set[str] = set(filter(_masking.is_looked_for, self.no_log_values))
        super()._return_formatted(kwargs)

    def exit_json(self, **kwargs: Any) -> NoReturn:  # type: ignore[misc]
        super().exit_json(**self.report.of(kwargs, self.params))

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:  # type: ignore[misc]
        if self._is_checked:
            result = self.report.of({"msg": msg, **kwargs}, self.params)
        else:
            result = {**self.report.refusal(self._wrong_shape or msg, self.params, self._name), **kwargs}
        super().fail_json(**result)


@dataclass
class Road:
    """What the two ways to run a module have each in its own way."""

    check_mode: bool
    with_diff: bool
    warn: Callable[[str], None]
    run_program: Callable[..., Any]
    clients: Clients
    ansible_version: str
    report: Report
    tell: Tell = untold


def carried_out(module: Module, params: Mapping[str, Any], road: Road) -> dict[str, Any]:
    """The keys of the task's result; ``failed`` among them only when it is true. ``params``: validated, with all defaults.

    What nothing may show is known to ``road.report`` then, through which the result must leave.
    """
    report = road.report
    secrets: set[str] = set()
    warned: set[str] = set()

    def warn(text: str) -> None:
        if text not in warned:
            warned.add(text)
            road.warn(shortened(report.masked(text, secrets)))

    def tell(progress: Progress) -> None:
        said = {"now": progress.now, "ended": dict(progress.ended), "subject": progress.subject}
        road.tell(replace(progress, **report.masked(said, secrets)))

    with _library_warnings(warn):
        try:
            connection = _connection(module, params, road)
            given = _given(module, params)
        except CollectionError as error:
            return failed_result(error)
        report.follow(connection.secrets)
        task = Task(
            given,
            connection.client,
            road.check_mode,
            warn,
            road.run_program,
            report.shown,
            secrets,
            road.with_diff,
            tell,
        )
        return _done(module, task)


def _given(module: Module, params: Mapping[str, Any]) -> dict[str, Any]:
    """An empty text is an option left out: some ansible-core versions turn an explicit null into one. Raises InputError."""
    spec = module.argument_spec
    given = {name: _or_default(name, spec.get(name, {}), value) for name, value in params.items()}
    for names in module.required_one_of:
        refuse_if(all(given.get(name) is None for name in names), f"{' and '.join(names)} are empty: give one of them")
    return given


def _or_default(name: str, option: Mapping[str, Any], value: Any) -> Any:
    if value in (None, ""):
        refuse_if(bool(option.get("required")), f"{name} is empty: give a value")
        return option.get("default")
    if option.get("type") in ("int", "float"):
        refuse_if(not -_LARGEST <= value <= _LARGEST, f"{name} must be from -{_LARGEST} to {_LARGEST}")
    if option.get("type") == "path":
        refuse_if(not is_path(value), f"{name} is not a path: it holds a character that is not allowed in paths")
    return value


def _connection(module: Module, params: Mapping[str, Any], road: Road) -> Connection:
    """Raises InputError. A module that is local asks for no client, and gets none."""
    if module.is_local:
        return Connection(cast(Client, None), set())
    return road.clients.get(params, module.all_scopes(params), road.ansible_version)


@contextlib.contextmanager
def _library_warnings(warn: Callable[[str], None]) -> Iterator[None]:
    """What libraries warn of, as warnings of the task instead of lines on the screen."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for kind in _FOR_PROGRAMMERS:
            warnings.simplefilter("ignore", kind)
        yield
    for entry in caught:
        warn(str(entry.message))


def _done(module: Module, task: Task) -> dict[str, Any]:
    try:
        return module.ensure(task).as_dict(task.check_mode, task.with_diff)
    except CollectionError as error:
        failure = error
    # Not where it is handled: ansible-core would show the traceback of what is being handled, unmasked.
    failure.msg = task.journal.explained(failure.msg)
    failure.details = {**task.partial(), **failure.details, **task.journal.details()}
    return _masking.masked_fields(failed_result(failure, task.journal.done, task.journal.unknown), task.secrets)


def failed_result(failure: CollectionError, done: Sequence[str] = (), unknown: Sequence[str] = ()) -> dict[str, Any]:
    """A failed task's result: what was done before, what may have been, and the error."""
    error = {**failure.error(), "done": list(done), "unknown": list(unknown)}
    shown = {"failed": True, "msg": failure.msg, "changed": False, "error": error, **failure.details}
    if isinstance(failure, MissingLibraryError):
        shown["msg"] = error["message"] = missing_required_lib(failure.library, reason=failure.reason)
        shown["exception"] = failure.trace
    return shown
