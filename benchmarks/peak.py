# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.peak MODULE < ARGS``: runs a module, and prints the most memory that this process ever had."""

from __future__ import annotations

import json
import resource
import sys

from tests.support.module import run_in_process

# Linux counts in kilobytes, macOS in bytes.
_UNITS = {"darwin": 1024 * 1024}


def main() -> None:
    result = run_in_process(sys.argv[1], json.load(sys.stdin))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS.get(sys.platform, 1024)
    print(json.dumps({"megabytes": peak, "failed": result["msg"] if result.get("failed") else None}))


if __name__ == "__main__":
    main()
