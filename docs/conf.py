# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's configuration for the documentation site; ``make docs`` builds it."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from pygments.lexers.shell import BashLexer

project = "community.dynatrace"
copyright = "2026, the community.dynatrace authors"
title = html_title = html_short_title = "Dynatrace collection for Ansible"

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}, "vcs_pageview_mode": ""}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False

# Ansible's own pages. Sphinx could look them up in an inventory of that site, but that would have to be downloaded for each build.
_ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
_PLUGIN = re.compile(r"ansible_collections\.ansible\.builtin\.(\w+)_(\w+)")
_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


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


def _way_home(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """The theme takes the address in its options as it is, which is wrong in folders."""
    context["theme_documentation_home_url"] = context["pathto"](app.config.root_doc)


def setup(app: Any) -> None:
    app.connect("missing-reference", _ansible_page)
    app.connect("html-page-context", _way_home)
    # That of the name wants a prompt before each command, which people would copy with it.
    app.add_lexer("console", BashLexer)
