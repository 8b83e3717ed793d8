# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""How a plan document is put into words, in the same way for HTML, Markdown and JUnit. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
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
from ansible_collections.community.dynatrace.plugins.plugin_utils._yaml import dump

_MOST_PROPERTIES = 4
SAYS_NOTHING = "this is not a result of settings_objects"


@dataclass(frozen=True)
class ViewWords:
    """How a view speaks.

    ``title``: what the document is; ``made``: what was done to get it; ``differs``, ``same``: what is said of objects that do, and when
    none does; ``incomplete``: what is wrong besides; ``after``: what the files stand for; ``statuses``: those of objects.
    """

    title: str
    made: str
    differs: str
    same: str
    incomplete: str
    after: str
    statuses: Mapping[str, str]


WORDS: Mapping[str, ViewWords] = {
    PLAN: ViewWords(
        title="Plan",
        made="Planned",
        differs="would change",
        same="No change",
        incomplete="this plan cannot be applied",
        after="after applying",
        statuses={
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
    ),
    DRIFT: ViewWords(
        title="Drift",
        made="Compared",
        differs="not as in the files",
        same="No drift",
        incomplete="not everything could be compared",
        after="in the files",
        statuses={
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
    ),
}


def tallied(view: str, summary: Mapping[str, int], always: Collection[str] = ()) -> list[tuple[str, int, str]]:
    """Status, number and words of what there is to count, and of the statuses that are counted ``always``."""
    says = WORDS[view].statuses
    rows = []
    for status in STATUSES:
        if summary[status] or status in always:
            rows.append((status, summary[status], says[status]))
    return rows


def title(document: Mapping[str, Any]) -> str:
    """Of the whole document."""
    environments = document["environments"]
    what = f"{WORDS[document['view']].title} of settings"
    if len(environments) != 1:
        return f"{what} in {len(environments)} environments"
    name = environments[0]["name"]
    if name:
        return f"{what} in {name}"
    return what


def verdict(view: str, outcome: str, summary: Mapping[str, int]) -> str:
    """Whether all is well, and if not, how much is not."""
    words = WORDS[view]
    number, objects = changes_in(summary), count(sum(summary.values()), "object")
    changes = f"{number} of {objects} {words.differs}"
    if outcome == FAILED and number:
        return f"{changes}; {words.incomplete}"
    if outcome == FAILED:
        return words.incomplete.capitalize()
    if number:
        return changes
    return f"{words.same}: {objects} as in the files"


def sentence(view: str, outcome: str, summary: Mapping[str, int], message: str) -> str:
    """The verdict with its reasons: ``message``, why the task failed, or the counts."""
    said = verdict(view, outcome, summary)
    if message:
        return f"{said}: {' '.join(message.split()).rstrip('.')}."
    if outcome == NOTHING_DIFFERS:
        return f"{said}."
    if changes_in(summary):
        said = f"{WORDS[view].title}: {said}"
    return f"{said} ({counts_sentence(view, summary)})."


def message_of(summary: Mapping[str, int], message: str) -> str:
    """Why the task failed, where its objects do not tell it better; else empty."""
    number_with_reasons = summary[REFUSED] + summary[WRONG]
    if number_with_reasons and not summary[NOT_REACHED]:
        return ""
    return message


def counts_sentence(view: str, summary: Mapping[str, int]) -> str:
    """Such as "2 to create, 1 to update, 158 unchanged"."""
    parts = [f"{number} {says}" for _status, number, says in tallied(view, summary)]
    return ", ".join(parts) or "no objects"


def name_of(row: Mapping[str, Any]) -> str:
    """What people call the object, else its key without the schema that many begin with."""
    if row["name"]:
        return str(row["name"])
    return str(row["key"]).removeprefix(f"{row['schema_id']}/")


def properties_of(row: Mapping[str, Any]) -> list[str]:
    """What differs: the first properties, and how many more; its place, if it stands elsewhere."""
    properties = list(row["properties"])
    texts = properties[:_MOST_PROPERTIES]
    if len(properties) > len(texts):
        texts.append(f"{len(properties) - len(texts)} more")
    if places_of(row):
        texts.append("place")
    return texts


def places_of(row: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Its number in the order now, and the wanted one, where they differ."""
    before, after = row["before"], row["after"]
    if not before or not after:
        return None
    places = before.get("position"), after.get("position")
    if places[0] == places[1]:
        return None
    return places


def lines_of(side: Mapping[str, Any] | None) -> list[str]:
    """The value of one side as lines of YAML; none where there is no value."""
    if side is None or side.get("value") is None:
        return []
    return dump(side["value"]).splitlines()


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
    texts = []
    for violation in error["violations"]:
        text = violation["message"]
        if violation["path"]:
            text = f"{violation['path']}: {text}".removesuffix(": ")
        texts.append(text)
    # Of what was never sent the message only repeats them.
    if texts and row["status"] == WRONG:
        return texts
    return [error["message"], *texts]
