# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""How a plan document is put into words, in the same way for HTML, Markdown and JUnit. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    DRIFT,
    FAILED,
    NOT_REACHED,
    NOTHING_DIFFERS,
    PLAN,
    REFUSED,
    STATUSES,
    UNCHANGED,
    WRONG,
    changes_in,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

# Of each status, by the view.
SAYS: Mapping[str, Mapping[str, str]] = {
    PLAN: {
        "create": "to create",
        "update": "to update",
        "move": "to move",
        "reset": "to reset",
        "delete": "to delete",
        "prune": "to prune",
        REFUSED: "refused by the server",
        WRONG: "wrong in the files",
        NOT_REACHED: "not looked at",
        UNCHANGED: "unchanged",
    },
    DRIFT: {
        "create": "missing in the environment",
        "update": "different",
        "move": "in another order",
        "reset": "not at its defaults",
        "delete": "should not be there",
        "prune": "not in the files",
        REFUSED: "different, and refused",
        WRONG: "could not be compared",
        NOT_REACHED: "not looked at",
        UNCHANGED: "as in the files",
    },
}
# Statuses that are counted everywhere, with or without objects.
_ALWAYS_COUNTED = ("create", "update", UNCHANGED)
_MOST_PROPERTIES = 4
SAYS_NOTHING = "this is not a result of settings_objects"


def tallied(view: str, summary: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Status, number and words of what there is to count."""
    says = SAYS[view]
    return [
        (status, summary[status], says[status]) for status in STATUSES if summary[status] or status in _ALWAYS_COUNTED
    ]


def title(document: Mapping[str, Any]) -> str:
    """Of the whole document."""
    environments = document["environments"]
    what = "Drift" if document["view"] == DRIFT else "Plan"
    if len(environments) != 1:
        return f"{what} of settings in {len(environments)} environments"
    name = environments[0]["name"]
    return f"{what} of settings in {name}" if name else f"{what} of settings"


def verdict(view: str, outcome: str, summary: Mapping[str, int]) -> str:
    """Whether all is well, and if not, how much is not."""
    number, objects = changes_in(summary), count(sum(summary.values()), "object")
    if view == DRIFT:
        texts = (f"{number} of {objects} not as in the files", f"No drift: {objects} as in the files")
        reason = "not everything could be compared"
    else:
        texts = (f"{number} of {objects} would change", f"No change: {objects} as in the files")
        reason = "this plan cannot be applied"
    if outcome != FAILED:
        return texts[0] if number else texts[1]
    return f"{texts[0]}; {reason}" if number else reason.capitalize()


def sentence(view: str, outcome: str, summary: Mapping[str, int], message: str) -> str:
    """The verdict with its reasons: ``message``, why the task failed, or the counts."""
    said = verdict(view, outcome, summary)
    if message:
        return f"{said}: {' '.join(message.split()).rstrip('.')}."
    if outcome == NOTHING_DIFFERS:
        return f"{said}."
    beginning = ("Drift: " if view == DRIFT else "Plan: ") if changes_in(summary) else ""
    return f"{beginning}{said} ({counts_sentence(view, summary)})."


def message_of(summary: Mapping[str, int], message: str) -> str:
    """Why the task failed, where its objects do not tell it better; else empty."""
    is_told = (summary[REFUSED] or summary[WRONG]) and not summary[NOT_REACHED]
    return "" if is_told else message


def counts_sentence(view: str, summary: Mapping[str, int]) -> str:
    """Such as "2 to create, 1 to update, 158 unchanged"."""
    parts = [f"{number} {says}" for _status, number, says in tallied(view, summary) if number]
    return ", ".join(parts) or "no objects"


def name_of(row: Mapping[str, Any]) -> str:
    """What people call the object, else its key without the schema that many begin with."""
    key, schema_id = str(row["key"]), str(row["schema_id"] or "")
    short = key[len(schema_id) + 1 :] if schema_id and key.startswith(f"{schema_id}/") else key
    return str(row["name"] or short)


def properties_of(row: Mapping[str, Any]) -> list[str]:
    """What differs: the first properties, and how many more; its place, if it stands elsewhere."""
    properties = list(row["properties"])
    texts = properties[:_MOST_PROPERTIES]
    if len(properties) > len(texts):
        texts.append(f"{len(properties) - len(texts)} more")
    return [*texts, "place"] if places_of(row) else texts


def places_of(row: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Its number in the order now, and the wanted one, where they differ."""
    before, after = row["before"], row["after"]
    if not before or not after or before.get("position") == after.get("position"):
        return None
    return before.get("position"), after.get("position")


def facts_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What tells the object from others, beside its name, and where it comes from."""
    for fact in ("key", "scope", "external_id", "object_id", "file"):
        text = str(row[fact] or "")
        if text and text not in (name_of(row), "environment"):
            yield fact.replace("_", " "), text


def errors_of(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with it, a text each. Of what the server refuses the first one says what happened."""
    error = row["error"]
    if error is None:
        return []
    violations = error["violations"]
    texts = [": ".join(filter(None, (violation["path"], violation["message"]))) for violation in violations]
    # Of what was never sent the message only repeats them.
    return texts if texts and row["status"] == WRONG else [error["message"], *texts]
