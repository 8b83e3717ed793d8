# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings as code with the client dt of PyPI, as a plain script: URL TOKEN FILE. Runs with the interpreter that has it.

It lists each schema once, creates what is missing, and updates what differs in what is given. A secret is masked when it is
read, so it always differs.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

from dynatrace import Dynatrace
from dynatrace.environment_v2.settings import SettingsObjectCreate, SettingsObjectUpdate


def main() -> None:
    url, token, file = sys.argv[1:]
    settings = Dynatrace(url, token).settings
    items = json.loads(Path(file).read_text(encoding="utf-8"))
    ids: dict[str, str] = {}
    for schema_id, group in itertools.groupby(items, key=lambda item: item["schema_id"]):
        there = {stored.value["name"]: stored for stored in settings.list_objects(schema_id, page_size=500)}
        for item in group:
            value = {name: _resolved(part, ids) for name, part in item["value"].items()}
            stored = there.get(value["name"])
            if stored is None:
                created = settings.create_object(body=SettingsObjectCreate(schema_id, value, "environment"))
                ids[item["key"]] = created[0]["objectId"]
                continue
            ids[item["key"]] = stored.object_id
            wanted = {**stored.value, **value}
            if wanted != stored.value:
                settings.update_object(stored.object_id, SettingsObjectUpdate(wanted))


def _resolved(value: Any, ids: dict[str, str]) -> Any:
    return ids[value["$ref"]] if isinstance(value, dict) and "$ref" in value else value


if __name__ == "__main__":
    main()
