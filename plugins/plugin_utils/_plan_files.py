# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The files that a plan document becomes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_junit import junit
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_markdown import markdown
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_page import page


def files_of_plan(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Name and content of each, as settings_files takes them."""
    view = document["view"]
    contents = {
        f"{view}.html": page(document),
        f"{view}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        f"{view}.md": markdown(document),
        f"{view}.xml": junit(document),
        "outcome": document["outcome"] + "\n",
    }
    # Half of a pair, which JSON can hold and UTF-8 cannot.
    return [
        {"name": name, "content": content.encode("utf-8", "replace").decode()} for name, content in contents.items()
    ]
