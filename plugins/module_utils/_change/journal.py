# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a run has written, what it may have written, and what it keeps for safety.

Each write is entered before it is sent and settled by its answer. Whatever fails afterwards, wherever, the result is true to this.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .._errors import CollectionError, LostAnswerError
from .._text import listed

Answer = TypeVar("Answer")

# States of an entry: sent and not answered yet, carried out, certainly not carried out, not known.
OPEN, DONE, NOT_DONE, UNKNOWN = "open", "done", "not done", "unknown"
_NAMED = 10


@dataclass
class Entry:
    """One write. ``text`` says in the past tense what it does: "custom:my.extension 1.0.0 was uploaded"."""

    text: str
    state: str = OPEN


@dataclass
class Kept:
    """A copy on disk of what the server may have lost. ``text``: what it is, as the beginning of a sentence that its path ends."""

    text: str
    path: str
    remove: Callable[[], None] = field(repr=False)


class Journal:
    """Of one run of a module. Safe for use by several threads.

    ``check_mode``: what is sent is a validation, so nothing of it is entered.
    """

    def __init__(self, check_mode: bool = False) -> None:
        self.check_mode = check_mode
        self._entries: list[Entry] = []
        self._kept: list[Kept] = []
        self._lock = threading.Lock()

    def write(self, text: str, send: Callable[[], Answer]) -> Answer:
        """Sends one write. A lost answer keeps its entries with it, for the look that settles them."""
        return self.write_batch([text], send, lambda answer: [True])

    def write_batch(
        self, texts: Sequence[str], send: Callable[[], Answer], accepted: Callable[[Answer], Sequence[bool]]
    ) -> Answer:
        """Sends one request with several writes. ``accepted``: for each of them whether the answer says that it was carried out."""
        entries = list(map(Entry, texts))
        if not self.check_mode:
            with self._lock:
                self._entries += entries
        try:
            answer = send()
        except LostAnswerError as error:
            settle(entries, UNKNOWN)
            error.msg += f". Whether {named(texts)} is unknown"
            error.entries = entries
            raise
        except CollectionError:
            settle(entries, NOT_DONE)
            raise
        for entry, is_accepted in zip(entries, accepted(answer)):
            entry.state = DONE if is_accepted else NOT_DONE
        return answer

    def keep(self, text: str, path: str, remove: Callable[[], None]) -> Kept:
        """From now on the copy is named by every failure, until it is released. ``remove`` deletes it."""
        kept = Kept(text, path, remove)
        self._kept.append(kept)
        return kept

    def release(self, kept: Kept) -> None:
        """To be called only when the server was seen with what it should have: the copy is of no use any more."""
        self._kept.remove(kept)
        kept.remove()

    def entries(self, *texts: str) -> list[Entry]:
        """The writes with these texts, for a room that learns of them by other means than their answers; see ``settle``."""
        return [entry for entry in self._entries if entry.text in texts]

    def confirm(self, text: str) -> None:
        """A look has shown that a write was carried out whose answer was lost."""
        for entry in self.entries(text):
            if entry.state == UNKNOWN:
                entry.state = DONE

    def size(self) -> int:
        """How many writes were entered. Compare it before and after a part of a run to see whether that part has written."""
        return len(self._entries)

    def may_have_written(self, since: int = 0) -> bool:
        """Whether anything was written since there were ``since`` entries, or may have been."""
        states = {entry.state for entry in self._entries[since:]}
        return not states <= {NOT_DONE}

    @property
    def has_changed(self) -> bool:
        """Whether a write is certain."""
        return bool(self.done)

    @property
    def done(self) -> list[str]:
        return self._texts(DONE)

    @property
    def unknown(self) -> list[str]:
        """Also what was sent and not answered yet. Each is named once, and not what another try has done."""
        unknown = dict.fromkeys(self._texts(OPEN, UNKNOWN))
        for text in self.done:
            unknown.pop(text, None)
        return list(unknown)

    def _texts(self, *states: str) -> list[str]:
        return [entry.text for entry in self._entries if entry.state in states]

    def explained(self, msg: str) -> str:
        """The message of a failure, with what was done before it, what may have been, and what is kept where."""
        sentences = [msg]
        if self.done:
            sentences.append(f"Before that, {named(self.done)}")
        unknown = [text for text in self.unknown if text not in msg]
        if unknown:
            sentences.append(f"Whether {named(unknown)} is unknown")
        for kept in self._kept:
            sentences.append(f"{kept.text} {kept.path} on the machine where the module runs")
        return ". ".join(sentence.rstrip(".") for sentence in sentences)

    def details(self) -> dict[str, Any]:
        """Keys of the failed task's result: ``changed``, and the path of what is kept."""
        details: dict[str, Any] = {"changed": self.has_changed}
        if self._kept:
            details["kept_package"] = self._kept[-1].path
        return details


def settle(entries: Iterable[Entry], state: str) -> None:
    """Of writes whose answer was lost, by what a look has shown; also once more, when a later look shows another thing."""
    for entry in entries:
        entry.state = state


def named(texts: Sequence[str]) -> str:
    """The writes in one sentence."""
    return listed(texts, _NAMED)
