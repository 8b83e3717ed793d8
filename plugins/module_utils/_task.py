# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a module hands to its resource package, and what it gets back. Neither side knows Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._change.journal import Journal
from ._http.client import Client
from ._wait import Tell, untold

# What check mode rests on: the server's own validation, a check of ours where the server offers none, or nothing to check.
SERVER, LOCAL, NONE = "server", "local", "none"


def nothing_to_report() -> Mapping[str, Any]:
    """Of a run that has begun nothing yet."""
    return {}


@dataclass
class Task:
    """One run of a module.

    ``journal``: every write goes through it. ``partial``: what the result of a failure holds beside the error, set as soon as there is
    something to say; ``changed`` and what was done come from the journal.
    ``shown`` replaces options in the reported invocation; an option that may hold secrets is withheld until it is here.
    ``secrets`` are texts that nothing said by the server may repeat. ``tell`` shows people how a wait goes on.
    ``run_program``: what Ansible calls ``run_command``, by which alone a module may run programs.
    """

    params: Mapping[str, Any]
    client: Client
    check_mode: bool
    warn: Callable[[str], None]
    run_program: Callable[..., Any]
    shown: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    with_diff: bool = False
    tell: Tell = untold
    journal: Journal = field(default_factory=Journal)
    partial: Callable[[], Mapping[str, Any]] = nothing_to_report

    def __post_init__(self) -> None:
        self.journal.check_mode = self.check_mode


@dataclass
class Result:
    """The outcome of a run: the same shape with and without check mode.

    ``things``: the thing itself under its one name, and whatever else the module documents. ``action`` None: a module that
    only reads. ``before`` and ``after``: both sides of the diff, secrets masked. ``diffs``: of many things, instead of these two.
    ``validated``: what a prediction rests on; LOCAL is NONE where nothing would be done.
    """

    things: Mapping[str, Any]
    action: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    validated: str = LOCAL
    diffs: Sequence[Mapping[str, Any]] | None = None

    def as_dict(self, check_mode: bool, with_diff: bool) -> dict[str, Any]:
        """The keys of the task's result."""
        is_changed = self.action not in (None, "none")
        shown: dict[str, Any] = {"changed": is_changed, **self.things}
        if self.action is None:
            return shown
        shown["action"] = self.action
        if check_mode:
            shown["validated"] = self.validated if is_changed or self.validated != LOCAL else NONE
        if with_diff:
            shown["diff"] = sides(self.before, self.after, self.title) if self.diffs is None else list(self.diffs)
        return shown


def sides(before: Mapping[str, Any] | str, after: Mapping[str, Any] | str, title: str) -> dict[str, Any]:
    """A diff as Ansible prints it. What is not there is an empty text: Ansible would print an empty mapping as a line ``{}``."""
    return {"before": before or "", "after": after or "", "before_header": title, "after_header": title}
