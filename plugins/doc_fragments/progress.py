# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The option of the modules that can wait."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  progress:
    description:
      - Whether to show progress while the task waits, in lines of plain text with the time of day, whenever something changes and every
        five minutes. They are part of the output, as in the job output of AWX. With a callback that prints JSON they go to standard error.
      - They are shown where the module runs inside Ansible's own process, as most tasks do, see
        R(where a module runs, ansible_collections.community.dynatrace.docsite.guide_inside). Elsewhere the task waits silently.
      - Nothing is shown with C(no_log).
      - The environment variable E(DYNATRACE_PROGRESS) is used where the option is not given.
    type: bool
    default: true
"""
