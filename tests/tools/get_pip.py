# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for get-pip where that cannot be downloaded: runs the pip that comes with Python.

ansible-test calls it as ``get-pip [pip options] pip==VERSION ... [--no-setuptools] [--no-wheel]`` in an empty environment.
"""

from __future__ import annotations

import ensurepip
import runpy
import sys
from pathlib import Path

# Not ensurepip.bootstrap(): that hides the user's pip configuration, and with it the package index.
(wheel,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
sys.path.insert(0, str(wheel))
own = {"--no-setuptools", "--no-wheel"}
sys.argv = ["pip", "install", *[argument for argument in sys.argv[1:] if argument not in own]]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
