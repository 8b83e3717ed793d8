#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_info
short_description: Read the extensions of a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Lists the Extensions 2.0 that are stored in an environment, all pages of them.
  - With O(name) reads one of them, with its versions, which of them is active, and its monitoring configurations.
options:
  name:
    description:
      - Extension to read, such as V(custom:my.extension). An unknown one is not an error; the list is empty then.
      - Excludes O(query).
    type: str
  version:
    description:
      - Version whose details are read, such as V("1.0.0"). One that is not stored is not an error; the list is empty then.
      - Needs O(name). If unset, it is the active version, or the newest one when none is active.
    type: str
  query:
    description:
      - Text that the names of the listed extensions contain. If unset, all are listed.
    type: str
  monitoring_configurations:
    description:
      - Whether the monitoring configurations of the extension are read as well; with O(version) only those that use it.
      - Needs O(name).
    type: bool
    default: false
notes:
  - Needs the scope C(extensions.read) (API token) or C(extensions:definitions:read) (platform token and OAuth).
  - O(monitoring_configurations=true) needs C(extensionConfigurations.read) or C(extensions:configurations:read) as well.
seealso:
  - module: community.dynatrace.extension
  - module: community.dynatrace.extension_upload
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: List the extensions of our own
  community.dynatrace.extension_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    query: "custom:"
  register: ours

- name: Read an extension with its versions and its monitoring configurations
  community.dynatrace.extension_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    monitoring_configurations: true
  register: result

- name: Read whether a version is stored
  community.dynatrace.extension_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    version: "1.2.0"
  register: result
"""

RETURN = r"""
extensions:
  description:
    - One item per extension, in the order of the API.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the extension.
      type: str
      sample: custom:my.extension
    version:
      description:
        - With O(name) the version that RV(extensions[].details) is about.
        - Else the version that the API lists; which one that is when several are stored is up to the server.
      type: str
      sample: 1.2.0
    active_version:
      description: The active version, or null.
      type: str
      sample: 1.1.0
    keywords:
      description: Keywords of the extension.
      returned: without O(name)
      type: list
      elements: str
      sample: []
    versions:
      description: All stored versions, the newest first.
      returned: with O(name)
      type: list
      elements: str
      sample: [1.2.0, 1.1.0]
    details:
      description: The version as the API describes it.
      returned: with O(name)
      type: dict
      sample:
        extensionName: custom:my.extension
        version: 1.2.0
        author:
          name: me
        dataSources: [python]
        fileHash: c6216b9b1ce837383cc84a825795a4708a0b4744dc71a76791527eefa754c3e4
    monitoring_configurations:
      description: The monitoring configurations with their C(objectId), C(scope) and C(value), as the API gives them.
      returned: with O(monitoring_configurations=true)
      type: list
      elements: dict
      sample:
        - objectId: vu9U3hXa3q0AAAABAAlleHQ6Y3VzdG9t
          scope: environment
          value:
            version: 1.1.0
            enabled: true
            description: everything
    outdated_configurations:
      description:
        - Those of the monitoring configurations whose version is not the active one. O(community.dynatrace.extension#module:configurations)
          can move them.
      returned: with O(monitoring_configurations=true)
      type: list
      elements: dict
      contains:
        configuration_id:
          description: Id of the monitoring configuration.
          type: str
          sample: 331e416f-9ab7-4694-8408-816026820645
        scope:
          description: What it applies to.
          type: str
          sample: ag_group-default
        description:
          description: Its description, or null.
          type: str
          sample: Databases of the shop
        version:
          description: The version that it is made for.
          type: str
          sample: 1.0.0
      sample: []
  sample:
    - name: custom:my.extension
      version: 1.2.0
      active_version: 1.1.0
      keywords: []
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: extensions.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/extensions
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._extensions.info import read
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    read,
    {
        "name": {"type": "str"},
        "version": {"type": "str"},
        "query": {"type": "str"},
        "monitoring_configurations": {"type": "bool", "default": False},
    },
    scopes=["extensions:definitions:read", "extensions:configurations:read"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
