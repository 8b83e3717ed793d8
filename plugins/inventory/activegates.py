# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: activegates
short_description: ActiveGates of a Dynatrace environment as hosts
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes every ActiveGate that the API lists, or every one that passes O(filters), a host in the group C(activegates).
  - The API lists the ActiveGates that are connected, or were within the last two hours. They are read in one request.
  - The file's name ends in C(activegates.yml) or C(activegates.yaml).
  - Every host has the variables C(dynatrace_id), C(dynatrace_hostname), C(dynatrace_version), C(dynatrace_type), C(dynatrace_group),
    C(dynatrace_network_zone), C(dynatrace_os_type), C(dynatrace_os_architecture), C(dynatrace_modules) (a list with the names of the
    enabled modules), C(dynatrace_update_status), C(dynatrace_auto_update) (C(ENABLED) or C(DISABLED)), C(dynatrace_online) and
    C(dynatrace_containerized), and in C(dynatrace_activegate) all fields as the API gives them. What the API leaves out is null.
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices: [community.dynatrace.activegates]
  hostnames:
    description:
      - Where the name of a host comes from. The first of these that the ActiveGate has is used.
      - ActiveGates that would have the same name are all named by their ids. So is one whose name has blanks, braces, brackets or commas.
    type: list
    elements: str
    choices: [hostname, id]
    default: [hostname]
notes:
  - Needs the scope C(activeGates.read) (API token) or C(environment-api:activegates:read) (platform token and OAuth).
  - The plugin sets no connection. An ActiveGate is updated through the API, so plays over these hosts use C(gather_facts=false) and
    C(delegate_to=localhost), and nothing connects to the hosts.
  - Ansible makes a warning of an inventory that cannot be read, and goes on without its hosts. Set
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), or C(any_unparsed_is_failed = true) in the section C([inventory]) of
    C(ansible.cfg), so that it is an error.
  - The cache is used only for the same environment and the same filters. It holds no token.
seealso:
  - module: community.dynatrace.activegate_info
  - module: community.dynatrace.activegate_update_job
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - community.dynatrace.activegate_filters.inventory
  - community.dynatrace.auth.plugin
"""

EXAMPLES = r"""
# The shortest file, say activegates.yml, holds the first line of the one below: all ActiveGates, the environment and
# the token from DYNATRACE_ENV_URL and DYNATRACE_API_TOKEN.

# outdated.activegates.yml: those that are online and outdated, in groups by network zone and system, with a token from a lookup.
---
plugin: community.dynatrace.activegates
environment_url: https://abc12345.live.dynatrace.com
api_token: "{{ lookup('ansible.builtin.env', 'MY_DYNATRACE_TOKEN') }}"
filters:
  update_status: OUTDATED
  online: true
keyed_groups:
  - key: dynatrace_network_zone
    prefix: zone
  - key: dynatrace_os_type | lower
    prefix: os
groups:
  synthetic: "'SYNTHETIC' in dynatrace_modules"
compose:
  minor_version: dynatrace_version.split('.')[1] | int
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/activegates
cache_timeout: 300
"""

import contextlib
import re
import shlex
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.release import __version__ as ansible_version
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import ActiveGateApi, from_cache
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.info import FILTERS, fleet_query
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.inventory import (
    HOSTNAMES,
    named,
    variables,
)
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options, connected
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._files import FileError, open_file
from ansible_collections.community.dynatrace.plugins.module_utils._http.library import IMPORT_ERROR
from ansible_collections.community.dynatrace.plugins.module_utils._masking import given_secrets, masked

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19, where every text is a template unless it is marked
    from ansible.utils.unsafe_proxy import wrap_var
else:
    del trust_as_template
    # Nothing is a template unless it is marked as trusted.
    wrap_var = None

# Only these are marked: ansible-inventory shows a marked text as a dict, and AWX shows what it shows.
_PERHAPS_TEMPLATE = re.compile(r"[{}]|#jinja2")
_GROUP = "activegates"
_FILE_NAMES = ("activegates.yml", "activegates.yaml")
# In the first lines of a file, which may be JSON.
_NAMES_THIS_PLUGIN = re.compile(rb"""["']?plugin["']?\s*:\s*["']?community\.dynatrace\.activegates\b""")
_FIRST_BYTES = 4096
# Ansible makes a warning of it and goes on without hosts, so this is all that people get to see.
_NO_REQUESTS = (
    "The inventory plugin community.dynatrace.activegates needs the Python library requests, which is not installed for the Python "
    f"that runs Ansible. Install it: {shlex.quote(sys.executable)} -m pip install requests. "
    "Set ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true, "
    "or Ansible goes on without these hosts when an inventory cannot be read."
)
_SCOPES = ["environment-api:activegates:read"]
_SPEC = {
    **common_options(),
    "hostnames": {"type": "list", "elements": "str", "choices": HOSTNAMES, "default": ["hostname"]},
    "filters": {"type": "dict", "options": FILTERS},
}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    NAME = "community.dynatrace.activegates"

    def __init__(self) -> None:
        super().__init__()
        self._given: dict[str, Any] = {}

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        if path.endswith(_FILE_NAMES):
            return True
        # Ansible says only that it could not verify the file.
        if _is_meant_for_this_plugin(path):
            self.display.warning(
                f"{path} names the plugin {self.NAME}, but Ansible reads it only from a file whose name ends in "
                f"{' or '.join(_FILE_NAMES)}, such as prod.{_FILE_NAMES[0]}: rename the file"
            )
        return False

    def set_options(
        self,
        task_keys: Mapping[str, Any] | None = None,
        var_options: Mapping[str, Any] | None = None,
        direct: Mapping[str, Any] | None = None,
    ) -> None:
        """Options that modules have as well are checked as modules check them, once their templates are resolved.

        Ansible's own way here knows no templates, would take an empty variable for a value, and would keep secrets.
        """
        given = {name: value for name, value in (direct or {}).items() if name in _SPEC}
        self.templar.available_variables = self._vars or {}
        self._given = {name: self._resolved(name, value) for name, value in given.items()}
        unknown = (direct or {}).keys() - self.option_definitions.keys()
        if unknown:
            self.display.warning(f"{self.NAME} has no option {', '.join(sorted(map(str, unknown)))}")
        super().set_options(
            task_keys=task_keys,
            var_options=var_options,
            direct={name: value for name, value in (direct or {}).items() if name not in given},
        )

    def _resolved(self, name: str, value: Any) -> Any:
        try:
            return _plain(self.templar.template(value))
        except AnsibleError as error:
            # Without what the error is about: Ansible looks at that, and fails when it is what no vault password opens.
            raise AnsibleParserError(f"{name}: {error}") from None

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        if IMPORT_ERROR is not None:
            raise AnsibleParserError(_NO_REQUESTS)
        content = loader.load_from_file(path)
        if content and not isinstance(content, Mapping):
            raise AnsibleParserError(f"{path} must be a dictionary of options")
        self._read_config_data(path)
        secrets = given_secrets(_SPEC, self._given)
        failure = None
        try:
            params = _validated(self._given)
            activegates = self._activegates(params, self.get_cache_key(path), cache, secrets)
        except CollectionError as error:
            failure = masked(error.msg, secrets)
        if failure is not None:
            # Not where it is handled: a traceback would show what is being handled, unmasked.
            raise AnsibleParserError(failure)
        self._populate(named(activegates, params["hostnames"]))

    def _activegates(
        self, params: Mapping[str, Any], key: str, may_read_cache: bool, secrets: set[str]
    ) -> list[ActiveGate]:
        """From the cache if it holds the answer to the same question, else from the API."""
        query = fleet_query({**dict.fromkeys(FILTERS), **(params["filters"] or {})})
        question = [params["environment_url"], query]
        use_cache = self.get_option("cache")
        kept = self._kept(key, question) if use_cache and may_read_cache else None
        if kept is not None:
            return kept
        client = connected(params, _SCOPES, secrets.add, ansible_version)
        try:
            activegates = ActiveGateApi(client).activegates(query)
        finally:
            client.close()
        if use_cache:
            rows = [dict(activegate.row) for activegate in activegates]
            self._cache[key] = {"question": question, "activegates": rows}
        return activegates

    def _kept(self, key: str, question: list[Any]) -> list[ActiveGate] | None:
        """From the cache; None if it does not hold the answer to this question."""
        cached = self._cache.get(key)
        if not isinstance(cached, Mapping) or cached.get("question") != question:
            return None
        return from_cache(cached.get("activegates"))

    def _populate(self, hosts: Mapping[str, ActiveGate]) -> None:
        strict = self.get_option("strict")
        self.inventory.add_group(_GROUP)
        for name, activegate in hosts.items():
            host = _untrusted(name)
            self.inventory.add_host(host, group=_GROUP)
            for variable, value in _untrusted(variables(activegate)).items():
                self.inventory.set_variable(host, variable, value)
            known = self.inventory.get_host(host).get_vars()
            self._set_composite_vars(self.get_option("compose"), known, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict=strict)


def _is_meant_for_this_plugin(path: str) -> bool:
    """Ansible asks about every file, those of other plugins and of no format as well."""
    with contextlib.suppress(FileError, OSError), open_file(path) as file:
        return _NAMES_THIS_PLUGIN.search(file.read(_FIRST_BYTES)) is not None
    return False


def _untrusted(value: Any) -> Any:
    """What the API says is not a template, whatever it looks like."""
    if wrap_var is None:
        return value
    if isinstance(value, Mapping):
        return {_untrusted(name): _untrusted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_untrusted(item) for item in value]
    return wrap_var(value) if isinstance(value, str) and _PERHAPS_TEMPLATE.search(value) else value


def _plain(value: Any) -> Any:
    """Without what Ansible attaches to values of a file: a mark of trust, an origin, a vault's encryption."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _validated(given: Mapping[str, Any]) -> dict[str, Any]:
    """With types, choices, defaults and variables as a module would have them. What is blank is not given."""
    filters = given.get("filters")
    if isinstance(filters, Mapping):
        filters = {name: value for name, value in filters.items() if value != ""}
    own = {**given, "filters": filters or None, "hostnames": given.get("hostnames") or None}
    result = ArgumentSpecValidator(_SPEC).validate({name: value for name, value in own.items() if value is not None})
    if result.error_messages:
        raise InputError("; ".join(result.error_messages))
    validated: dict[str, Any] = result.validated_parameters
    return validated
