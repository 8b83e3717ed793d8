# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.
"""HTML pages from the templates in ``pages/``. Everything that a template is given is escaped, and nothing in it is invisible.

A page loads nothing. Its one script is named by its hash in the page's policy, so that no other can run; without it all is there to read.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible
from markupsafe import Markup

_FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Verdict:
    """The one sentence on top. ``kind``: a class of the style, for its color."""

    text: str
    kind: str


@dataclass(frozen=True)
class Tile:
    """A number of things. ``kind``: a class of the style; ``leads_to``: the address of what it counts, within the page."""

    kind: str
    number: int
    says: str
    leads_to: str = ""

    @classmethod
    def leading(cls, kind: str, number: int, says: str) -> Tile:
        """To the first thing of its kind, if there is one."""
        return cls(kind, number, says, f"#{kind}" if number else "")


@dataclass(frozen=True)
class Head:
    """What every page begins with. ``facts``: names and texts; empty texts are left out."""

    heading: str
    facts: Iterable[tuple[str, str]]
    verdict: Verdict
    tiles: Iterable[Tile]


def rendered(template: str, head: Head, **values: Any) -> str:
    """The whole page of the template ``template`` of ``pages/``."""
    shared = {"heading": head.heading, "facts": head.facts, "verdict": head.verdict, "tiles": list(head.tiles)}
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _environment().get_template(template)
    return page.render(**shared, **values, script=Markup(script), script_hash=f"sha256-{digest}") + "\n"  # noqa: S704 (our own)


@functools.lru_cache(maxsize=1)
def _script() -> str:
    return (_FOLDER / "report.js").read_text(encoding="utf-8")


@functools.lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_FOLDER)
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _shown(value: Any) -> Any:
    """What a template is given, but for markup of our own."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value
