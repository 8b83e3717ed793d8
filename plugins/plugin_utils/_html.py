# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What all reports share: one HTML page that needs no network and no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ansible_collections.community.dynatrace.plugins.plugin_utils._style import STYLE


def document(
    heading: str, facts: Iterable[tuple[str, str]], verdict: str, parts: Sequence[str], style: str = ""
) -> str:
    """The whole page. ``facts``: names and texts, which are escaped; ``verdict`` and ``parts`` are HTML. ``style``: rules beside STYLE."""
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts if text)
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        # Nothing may be loaded and nothing run, even if something here were escaped badly.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(heading)}</title><style>{STYLE}{style}</style></head><body><header>",
        f"<h1>{escape(heading)}</h1>",
        verdict,
        f"<dl>{listed}</dl></header><main>",
        *parts,
        "</main></body></html>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def verdict(text: str, kind: str) -> str:
    """The one sentence on top. ``kind``: a class of the style, for its colour."""
    return f'<p class="verdict {kind}">{escape(text)}</p>'


def tiles(numbers: Iterable[tuple[str, int, str]]) -> str:
    """``numbers``: a class of the style, how many, and of what."""
    listed = "".join(
        f'<li class="{kind}{"" if number else " none"}"><b>{number}</b> <span>{escape(says)}</span></li>'
        for kind, number, says in numbers
    )
    return f'<ul class="tiles">{listed}</ul>'


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
