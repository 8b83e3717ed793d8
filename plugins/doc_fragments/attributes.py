# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The attributes of modules: standard for those that write, ``INFO`` for those that only read."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the environment.
    support: full
    details:
      - The server validates what would be sent where it offers that (see RV(validated)). The same scopes are needed then.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), when in diff mode.
    support: full
    details:
      - Secrets are masked.
      - C(before) is empty for what is created, and C(after) is empty for what is deleted.
  idempotent:
    description: When run twice in a row outside C(check_mode), with the same options, the second run changes nothing.
    support: full
  action_group:
    description: Use C(group/community.dynatrace.all) in C(module_defaults) to set options for all modules of this collection.
    support: full
    membership:
      - community.dynatrace.all
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the environment.
    support: full
    details:
      - This module only reads.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), when in diff mode.
    support: N/A
    details:
      - This module only reads.
  idempotent:
    description: When run twice in a row outside C(check_mode), with the same options, the second run changes nothing.
    support: full
  action_group:
    description: Use C(group/community.dynatrace.all) in C(module_defaults) to set options for all modules of this collection.
    support: full
    membership:
      - community.dynatrace.all
"""
