# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What a template of Go's text/template is made of, as far as Monaco's projects use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union


@dataclass(frozen=True)
class Dot:
    """What ``.`` is at that place."""


@dataclass(frozen=True)
class Nil:
    """The word nil."""


@dataclass(frozen=True)
class Constant:
    value: Any


@dataclass(frozen=True)
class Variable:
    """``name`` without its $, and so empty for the whole data."""

    name: str


@dataclass(frozen=True)
class Function:
    name: str


@dataclass(frozen=True)
class Fields:
    """``names`` one in the other, in what ``owner`` is."""

    owner: Operand
    names: Sequence[str]


@dataclass(frozen=True)
class Pipeline:
    """``variables`` get its value; ``is_new``: they are declared there. The value of a command is the last argument of the next."""

    line: int
    commands: Sequence[Sequence[Operand]]
    variables: Sequence[str] = ()
    is_new: bool = True


Operand = Union[Dot, Nil, Constant, Variable, Function, Fields, Pipeline]


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Output:
    pipeline: Pipeline


@dataclass(frozen=True)
class Branch:
    """``keyword``: if, with, or range."""

    keyword: str
    pipeline: Pipeline
    body: Sequence[Part]
    otherwise: Sequence[Part]


@dataclass(frozen=True)
class Jump:
    """``keyword``: break, or continue."""

    keyword: str


@dataclass(frozen=True)
class Call:
    """Puts in the template of this ``name``, in which ``.`` is the value of the pipeline, nil without one."""

    line: int
    name: str
    pipeline: Pipeline | None


Part = Union[Text, Output, Branch, Jump, Call]


@dataclass(frozen=True)
class Template:
    """``defined``: the templates that are defined in it, by name."""

    parts: Sequence[Part]
    defined: Mapping[str, Sequence[Part]]
