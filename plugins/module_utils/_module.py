# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The only file that knows AnsibleModule: the options that all modules share, ``run``, and how results and errors leave."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule, missing_required_lib
from ansible_collections.community.dynatrace.plugins.module_utils import _credentials
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, Transport
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import IMPORT_ERROR
from ansible_collections.community.dynatrace.plugins.module_utils._result import MASK, Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._version import VERSION

try:
    from ansible.module_utils.secrets import register_secret
except ImportError:  # ansible-core before 2.22

    def register_secret(text: str) -> None:
        """Older versions of ansible-core mask by ``no_log_values`` alone."""


_WITHHELD = "(withheld: what in it is secret is not known as long as the schema was not read)"
_WITHHELD_UNKNOWN = "(withheld: the module has no such option)"
# What stands before the host of an address is refused, but must not be shown either.
_ADDRESSES = ("environment_url", "oauth_token_url")
_USER_INFO = re.compile(r"//.*@")
# In seconds, and times; the upper end is what sockets and sleeps can still count.
_LIMITS = {"timeout": (0.001, 1e6), "retries": (0, 1e6), "retry_max_delay": (0, 1e6)}


def _from_environment(*names: str) -> str:
    """The first variable that is set and not empty: AWX injects the unused fields of a credential as empty texts."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def _option(*variables: str, **rules: Any) -> dict[str, Any]:
    return {**rules, "fallback": (_from_environment, list(variables))}


def _common_options() -> dict[str, Any]:
    """Documented in the fragment ``auth``. The credentials' variables are read in _credentials, where they exclude each other."""
    return {
        "environment_url": _option("DYNATRACE_ENV_URL", "DT_ENV_URL", type="str"),
        "api_token": {"type": "str", "no_log": True},
        "platform_token": {"type": "str", "no_log": True},
        "oauth_client_id": {"type": "str"},
        "oauth_client_secret": {"type": "str", "no_log": True},
        "oauth_token_url": {**_option("DYNATRACE_TOKEN_URL", "DT_TOKEN_URL", type="str"), "no_log": False},
        "oauth_scopes": {"type": "list", "elements": "str"},
        "oauth_resource": _option("DYNATRACE_ACCOUNT_URN", type="str"),
        "validate_certs": _option("DYNATRACE_VALIDATE_CERTS", type="bool", default=True),
        "ca_path": _option("DYNATRACE_CA_PATH", type="path"),
        "client_cert": _option("DYNATRACE_CLIENT_CERT", type="path"),
        "client_key": {**_option("DYNATRACE_CLIENT_KEY", type="path"), "no_log": False},
        "timeout": _option("DYNATRACE_TIMEOUT", type="float", default=60),
        "retries": _option("DYNATRACE_RETRIES", type="int", default=5),
        "retry_max_delay": _option("DYNATRACE_RETRY_MAX_DELAY", type="float", default=60),
    }


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
    module = _Module(withheld, argument_spec={**_common_options(), **options}, supports_check_mode=True, **rules)
    if IMPORT_ERROR is not None:
        module.fail_json(missing_required_lib("requests"), exception=IMPORT_ERROR)
    secrets: set[str] = set()
    client = failure = None
    try:
        more = (extra for name, extra in (scopes_if or {}).items() if module.params[name])
        client = _client(module, [*scopes, *itertools.chain.from_iterable(more)])
        # An empty text is an option left out: some ansible-core versions turn an explicit null into one.
        params = {name: None if value == "" else value for name, value in module.params.items()}
        task = Task(params, client, module.check_mode, module.warn, module.shown, secrets, module._diff)
        result = work(task)
    except CollectionError as error:
        failure = error
    finally:
        if client is not None:
            client.close()
    if failure is not None:
        # Not where it is handled: ansible-core would show the traceback of what is being handled, unscrubbed.
        shown = {"changed": False, "error": failure.error(), **failure.details}
        module.fail_json(_scrubbed(failure.msg, secrets), **_scrubbed(shown, secrets))
    module.exit_json(**result.as_dict(module.check_mode, module._diff))


def _client(module: _Module, scopes: list[str]) -> Client:
    def keep_secret(text: str) -> None:
        module.no_log_values.add(text)
        register_secret(text)

    params = module.params
    if not params["environment_url"]:
        raise InputError("environment_url is missing: give it as an option or as DYNATRACE_ENV_URL")
    for name, (least, most) in _LIMITS.items():
        if not least <= params[name] <= most:
            raise InputError(f"{name} must be from {least:g} to {most:.0f}")
    chosen = _credentials.credentials(params, os.environ)
    for name in _credentials.SECRETS:
        if name in chosen:
            keep_secret(chosen[name])
            keep_secret(chosen[name].strip())
    transport = Transport(
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"] or None,
        client_cert=params["client_cert"] or None,
        client_key=params["client_key"] or None,
        timeout=params["timeout"],
        retries=params["retries"],
        retry_max_delay=params["retry_max_delay"],
        user_agent=f"community.dynatrace/{VERSION} ansible/{module.ansible_version}",
        threads=params.get("parallel") or 1,
    )
    authentication = _credentials.authentication(chosen, params, scopes, keep_secret)
    return Client(params["environment_url"], authentication, transport)


def _scrubbed(value: Any, secrets: set[str]) -> Any:
    """``value`` without the secret texts: a server may repeat in a message what it refused."""
    if isinstance(value, str):
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {key: _scrubbed(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scrubbed(item, secrets) for item in value]
    return value
