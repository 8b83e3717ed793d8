# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""The filters of ActiveGates (API facts, 1.1): options of a module, and suboptions of the inventory plugin's ``filters``."""

from __future__ import annotations

from textwrap import indent

_INVENTORY = r"""
options:
  filters:
    description:
      - Which ActiveGates become hosts, by default all. An ActiveGate must match all filters. The server applies them.
      - They are those of the module M(community.dynatrace.activegate_info).
    type: dict
    default: {}
    suboptions:
"""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hostname:
    description:
      - Part of the host name.
    type: str
  os_type:
    description:
      - Operating system.
    type: str
    choices: [LINUX, WINDOWS]
  os_architecture:
    description:
      - Architecture.
    type: str
    choices: [X86, S390, ARM, PPCLE]
  network_address:
    description:
      - Part of a network address.
    type: str
  load_balancer_address:
    description:
      - Part of a load balancer's address.
    type: str
  type:
    description:
      - Type of the ActiveGate.
    type: str
    choices: [ENVIRONMENT, ENVIRONMENT_MULTI]
  network_zone:
    description:
      - Part of the network zone's name.
    type: str
  group:
    description:
      - Part of the group's name.
    type: str
  update_status:
    description:
      - Update status.
    type: str
    choices:
      - INCOMPATIBLE
      - OUTDATED
      - SCHEDULED
      - SUPPRESSED
      - UNKNOWN
      - UP2DATE
      - UPDATE_IN_PROGRESS
      - UPDATE_PENDING
      - UPDATE_PROBLEM
  version:
    description:
      - Version with which those of the ActiveGates are compared, in three parts such as V("1.331.24"). Quote it.
    type: str
  version_compare_type:
    description:
      - How the version is compared. If unset, it is V(EQUAL).
    type: str
    choices: [EQUAL, GREATER, GREATER_EQUAL, LOWER, LOWER_EQUAL]
  auto_update:
    description:
      - Whether the ActiveGate updates by itself.
    type: str
    choices: [DISABLED, ENABLED]
  online:
    description:
      - Whether the ActiveGate is connected now.
    type: bool
  enabled_modules:
    description:
      - Modules that are enabled, all of them.
    type: list
    elements: str
    choices: &modules
      - AWS
      - AZURE
      - BEACON_FORWARDER
      - CLOUD_FOUNDRY
      - DB_INSIGHT
      - DEBUGGING
      - EXTENSIONS_V1
      - EXTENSIONS_V2
      - KUBERNETES
      - LOGS
      - MEMORY_DUMPS
      - METRIC_API
      - ONE_AGENT_ROUTING
      - OTLP_INGEST
      - REST_API
      - SYNTHETIC
      - VMWARE
      - Z_OS
  disabled_modules:
    description:
      - Modules that are disabled, all of them.
    type: list
    elements: str
    choices: *modules
  containerized:
    description:
      - Whether the ActiveGate runs in a container.
    type: bool
  token_state:
    description:
      - State of the ActiveGate's token.
    type: str
    choices: [ABSENT, EXPIRING, INVALID, UNKNOWN, UNSUPPORTED, VALID]
  token_expiration_set:
    description:
      - Whether the ActiveGate's token expires.
    type: bool
  fips_mode:
    description:
      - Whether the ActiveGate runs in FIPS mode.
    type: bool
"""

    # Annotated, since sanity reads texts alone in plain assignments.
    INVENTORY: str = _INVENTORY + indent(DOCUMENTATION.partition("options:\n")[2], "    ")
