# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The only file that knows AnsibleModule: ``run``, and how results and errors leave."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options, connected
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, MissingLibraryError
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import IMPORT_ERROR
from ansible_collections.community.dynatrace.plugins.module_utils._task import MASK, Result, Task, scrubbed
from ansible_collections.community.dynatrace.plugins.module_utils._wait import STEP, Step, Unfinished

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
        self.step: Mapping[str, Any] | None = None
        super().__init__(**kwargs)

    def _load_params(self) -> None:
        """What the action plugin says is no option of the module: not to be documented, nor shown in the invocation."""
        super()._load_params()
        self.step = self.params.pop(STEP, None)

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


def run(
    work: Callable[[Task], Result],
    options: Mapping[str, Any],
    scopes: Sequence[str],
    withheld: Sequence[str] = (),
    scopes_if: Mapping[str, Sequence[str]] | None = None,
    **rules: Any,
) -> None:
    """A whole module: its options beside the common ones, ``work``, and the result.

    ``scopes``: what an OAuth token is asked for by default; ``scopes_if``: and what else if an option is true. ``withheld``:
    options that may hold secrets. ``rules``: required_if and the like.
    """
    module = _Module(withheld, argument_spec={**common_options(), **options}, supports_check_mode=True, **rules)
    if IMPORT_ERROR is not None:
        module.fail_json(missing_required_lib("requests"), exception=IMPORT_ERROR)
    secrets: set[str] = set()
    step = Step.given(module.step)
    module.shown.update(step.shown)
    for text in step.warnings:
        module.warn(text)

    def warn(text: str) -> None:
        step.warnings.append(text)
        module.warn(text)

    client = failure = unfinished = None
    try:
        more = (extra for name, extra in (scopes_if or {}).items() if module.params[name])
        client = connected(
            module.params,
            [*scopes, *itertools.chain.from_iterable(more)],
            module.no_log_values.add,
            module.ansible_version,
        )
        # An empty text is an option left out: some ansible-core versions turn an explicit null into one.
        params = {name: None if value == "" else value for name, value in module.params.items()}
        task = Task(
            params, client, module.check_mode, warn, module.run_command, module.shown, secrets, module._diff, step
        )
        result = work(task)
    except CollectionError as error:
        failure = error
    except Unfinished as wait:
        unfinished = wait
        step.shown = module.shown
    finally:
        if client is not None:
            client.close()
    if isinstance(failure, MissingLibraryError):
        text = missing_required_lib(failure.library, reason=failure.reason)
        module.fail_json(text, exception=failure.trace, changed=False, error={**failure.error(), "message": text})
    answer = scrubbed(step.answer(unfinished), secrets)
    if unfinished is not None:
        module.exit_json(changed=False, **answer)
    if failure is not None:
        # Not where it is handled: ansible-core would show the traceback of what is being handled, unscrubbed.
        shown = {"changed": False, "error": failure.error(), **failure.details}
        module.fail_json(scrubbed(failure.msg, secrets), **scrubbed(shown, secrets), **answer)
    module.exit_json(**result.as_dict(module.check_mode, module._diff), **answer)
