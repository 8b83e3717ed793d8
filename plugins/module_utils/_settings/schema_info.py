# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_schema_info: one whole document, or the list of all (API facts, 3.1)."""

from __future__ import annotations

from .._errors import refuse_if
from .._task import Result, Task
from .api import Settings


def read(task: Task) -> Result:
    """An unknown schema gives an empty list."""
    schema_id, version = task.params["schema_id"], task.params["schema_version"]
    settings = Settings(task.client, admin_access=False)
    if schema_id:
        document = settings.schema_document(schema_id, version)
        return Result({"schemas": [] if document is None else [document]})
    refuse_if(version, "schema_version belongs to one schema: give schema_id as well")
    return Result({"schemas": settings.schema_rows()})
