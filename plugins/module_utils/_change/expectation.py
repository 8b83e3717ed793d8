# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The digest of a plan, and whether another plan is the same. Pure.

A digest is one text: ``plan1.``, a SHA-256 of everything, and a short fingerprint of each change, by which it is told which changes differ.
Eight characters for a change: a plan of 1,000 changes fits where 10,000 characters do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import InputError

# What another plan does with a thing: it changes it in another way, it changes it too, it does not change it.
OTHERWISE, ALSO, NOT = "otherwise", "also", "not"

_BEGIN = "plan1."
# In bytes: of everything, of the environment, of the name of a thing, of what happens to it, and of the text itself.
_WHOLE, _ENVIRONMENT, _NAME, _CONTENT, _CHECK = 32, 4, 4, 2, 4
_HEAD = _WHOLE + _ENVIRONMENT


@dataclass(frozen=True)
class PlannedStep:
    """One change of a plan. ``name``: what tells the thing from others. ``content``: all that the digest covers, of JSON's types."""

    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class OtherPlan:
    """How a plan differs from the expected one. ``kinds``: by the names of things, those with a change first.

    ``unnamed``: how many more changes the expected plan has, of things that nothing names.
    """

    kinds: Mapping[str, str]
    unnamed: int


@dataclass(frozen=True)
class ExpectedPlan:
    """What is left of a plan in its digest."""

    whole: bytes
    environment: bytes
    fingerprints: Sequence[tuple[bytes, bytes]]

    def is_of(self, environment: str) -> bool:
        return self.environment == _hash(environment, _ENVIRONMENT)

    def compared(self, environment: str, steps: Sequence[PlannedStep], others: Iterable[str]) -> OtherPlan | None:
        """None: ``steps`` are what was expected. ``others``: names of things without a change, of which that plan may have had one."""
        if self.whole == _whole(environment, steps):
            return None
        planned = {_fingerprint(step): step.name for step in steps}
        expected = set(self.fingerprints)
        missing = {thing for thing, _content in expected.difference(planned)}
        kinds = {}
        for mark in itertools.filterfalse(expected.__contains__, planned):
            kinds[planned[mark]] = OTHERWISE if mark[0] in missing else ALSO
            missing.discard(mark[0])
        things = {_hash(name, _NAME): name for name in others}
        for thing in filter(missing.__contains__, things):
            kinds[things[thing]] = NOT
        # Without any name, two changes have one fingerprint, and only the whole tells them apart.
        return OtherPlan(kinds, len(missing.difference(things)) or int(not kinds))


def digest_of(environment: str, steps: Sequence[PlannedStep]) -> str:
    """The same for the same steps in any order. ``environment``: its id."""
    marks = sorted(map(_fingerprint, steps))
    head = _whole(environment, steps) + _hash(environment, _ENVIRONMENT)
    body = head + b"".join(name + content for name, content in marks)
    return _BEGIN + base64.urlsafe_b64encode(body + _check(body)).decode().rstrip("=")


def expected_plan(text: str) -> ExpectedPlan:
    """From the text of a digest. Raises InputError for one that is none, or not whole."""
    text = text.strip()
    if not text.startswith(_BEGIN):
        raise InputError(
            f"expect_plan is not a digest of a plan, which begins with {_BEGIN}: give plan_digest of a check run. If you gave a role the "
            "path of a file, check that the file exists"
        )
    encoded = text[len(_BEGIN) :]
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(body) < _HEAD or check != _check(body):
        raise InputError(
            "expect_plan is not whole: it must be all of the plan_digest of a check run, without a line break in it"
        )
    marks = body[_HEAD:]
    size = _NAME + _CONTENT
    fingerprints = [(marks[at : at + _NAME], marks[at + _NAME : at + size]) for at in range(0, len(marks), size)]
    return ExpectedPlan(body[:_WHOLE], body[_WHOLE:_HEAD], fingerprints)


def _whole(environment: str, steps: Collection[PlannedStep]) -> bytes:
    return _hash([environment, sorted(_text(step.content) for step in steps)], _WHOLE)


def _fingerprint(step: PlannedStep) -> tuple[bytes, bytes]:
    return _hash(step.name, _NAME), _hash(step.content, _CONTENT)


def _hash(value: Any, size: int) -> bytes:
    return hashlib.sha256(_text(value).encode()).digest()[:size]


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
