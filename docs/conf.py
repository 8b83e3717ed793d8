# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's configuration for the documentation site; ``make docs`` builds it."""

from __future__ import annotations

import gc
import re
from itertools import cycle
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers.shell import BashLexer
from sphinx.errors import ExtensionError

# What Sphinx reads stays until it ends: looking for garbage as often as Python does takes a fifth of its time.
gc.set_threshold(200_000, 50, 100)

project = "community.dynatrace"
copyright = "2026, the community.dynatrace authors"
title = html_title = html_short_title = "Dynatrace collection for Ansible"

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

html_theme = "furo"
html_theme_options = {
    # WCAG AA on white and on the dark background.
    "light_css_variables": {"color-brand-primary": "#0757ba", "color-brand-content": "#0757ba"},
    "dark_css_variables": {"color-brand-primary": "#79b8ff", "color-brand-content": "#79b8ff"},
}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_baseurl = "https://ansible-collections.github.io/community.dynatrace/"

# Ansible's own pages. Sphinx could look them up in an inventory of that site, but that would have to be downloaded for each build.
_ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
_PLUGIN = re.compile(r"ansible_collections\.ansible\.builtin\.(\w+)_(\w+)")
_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_NAME = re.compile(r'(<span class="(?:pre|std std-ref)">)([^<]{16,})')
_MARK = re.compile(r"(?<=\w)[._:/](?=\w)")
_HEADING = re.compile(r'<th class="head">(.*?)</th>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CELL = re.compile(r"<td\b")
_EDIT = "https://github.com/ansible-collections/community.dynatrace/edit/main"


def _ansible_page(app: Any, environment: Any, node: Any, content: Any) -> nodes.reference | None:
    """A link for a reference to something of Ansible itself. Any other reference without a target stays an error."""
    target = str(node.get("reftarget", ""))
    if plugin := _PLUGIN.match(target):
        page = f"collections/ansible/builtin/{plugin[1]}_{plugin[2]}.html"
    elif node.get("reftype") == "envvar" and target.startswith("ANSIBLE_"):
        page = f"{_PAGES['ansible_configuration_settings']}#envvar-{target}"
    elif target in _PAGES:
        page = _PAGES[target]
    else:
        return None
    return nodes.reference("", "", content, internal=False, refuri=f"{_ANSIBLE}/{page}")


def _own_pages(app: Any, tree: nodes.document, page: str) -> None:
    """Guides name each other by the address of the site, so that they can be read in the repository. Here these are pages beside them."""
    for link in tree.findall(nodes.reference):
        address, mark, anchor = str(link.get("refuri", "")).partition("#")
        if not address.startswith(html_baseurl):
            continue
        name = address.removeprefix(html_baseurl).removesuffix(".html")
        if name not in app.env.found_docs:
            raise ExtensionError(f"{page}: the site has no page {address}")
        link["refuri"] = app.builder.get_relative_uri(page, name) + mark + anchor


def _short(title: str) -> str:
    """``api module - Write ...`` is ``api module`` where it is one of many."""
    return re.sub(r"^(\w+ (?:module|role|filter|inventory|lookup)) \W.*$", r"\1", title)


def _around(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Short names for the pages before and after, and where to edit this one."""
    for side in ("prev", "next"):
        if context.get(side):
            context[side] = {**context[side], "title": _short(context[side]["title"])}
    given = (context.get("meta") or {}).get("github_url", "").partition("?")[0]
    guide = Path("docs/docsite/rst") / f"{Path(page).name}.rst"
    if not given and page.startswith("docsite/"):
        given = f"{_EDIT}/{guide}"
    if given:
        context["theme_source_edit_link"] = given
    context["body"] = _TABLE.sub(_narrow, context.get("body", ""))


def _narrow(table: re.Match[str]) -> str:
    """A telephone shows the cells of three or more columns below each other, so that each cell has the name of its column."""
    text = _NAME.sub(_breakable, table[0])
    headings = [_TAG.sub("", heading).strip() for heading in _HEADING.findall(text)]
    if len(headings) < 3 or "ansible-option-table" in text:
        return text
    names = cycle(headings)
    return _CELL.sub(lambda cell: f'{cell[0]} data-column="{next(names)}"', text).replace(
        'class="', 'class="stacked ', 1
    )


def _breakable(name: re.Match[str]) -> str:
    """It may go on in the next line after a mark within it; whoever copies it gets it as it is. Most names do so on a telephone alone."""
    chance = r"\g<0><wbr>" if len(name[2]) >= 24 else r'\g<0><wbr class="narrow">'
    return name[1] + _MARK.sub(chance, name[2])


def setup(app: Any) -> None:
    app.connect("missing-reference", _ansible_page)
    app.connect("doctree-resolved", _own_pages)
    app.connect("html-page-context", _around)
    # That of the name wants a prompt before each command, which people would copy with it.
    app.add_lexer("console", BashLexer)
