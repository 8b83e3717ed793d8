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
      - Whether to show while the task waits how it goes on, in lines of plain text, as something moves and every five minutes. They are
        part of the output, as in the job output of AWX. With a callback that prints JSON they go to standard error.
      - To this end the module runs once for each look, and the waiting is done on the controller. Times, requests and result are the
        same, but that with OAuth each look fetches a token.
      - Nothing is shown, and the module waits by itself, with C(async), with C(no_log), and where there is nothing to wait for.
      - Defaults to the environment variable E(DYNATRACE_PROGRESS) of the controller, or of the task (C(environment)).
    type: bool
    default: true
"""
