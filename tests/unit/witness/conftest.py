# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the tests with what others wrote."""

from __future__ import annotations

import pytest

from .description import DEPLOYMENT, ENVIRONMENT, Descriptions


@pytest.fixture(scope="session")
def descriptions() -> Descriptions:
    """The descriptions of the API, read once."""
    if not (ENVIRONMENT.is_file() and DEPLOYMENT.is_file()):
        pytest.skip(f"needs descriptions of the API in {ENVIRONMENT.parent}")
    return Descriptions()
