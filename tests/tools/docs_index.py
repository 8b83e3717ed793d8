# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first page of the site: guides, modules, roles and plugins as groups of short names.

antsibull-docs makes one list of plugins by their kinds, with long names, and with filters that nobody uses but the roles. Names and
descriptions are taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from .setup import ROOT

_PLUGIN = re.compile(r"^\* :ansplugin:`\w+ \w+ <community\.dynatrace\.(\w+)#(\w+)>` -- (.+)$", re.MULTILINE)
_TITLE = re.compile(r"^(.+)\n[=]{3,}$", re.MULTILINE)
# The theme has a table of contents at the side of each page, and no room for a second one.
_CONTENTS = re.compile(r"^\.\. contents::\n(?: +:\w+:.*\n)+", re.MULTILINE)
_LONG_TITLE = re.compile(r"^community\.dynatrace\.(?=.*\n\+{3,}$)", re.MULTILINE)
_COMMUNICATION = re.compile(
    r"^\.\. _communication_for_community\.dynatrace:\n.*?(?=^\.\. toctree::)", re.MULTILINE | re.DOTALL
)
# By the word that the names of the modules begin with. Others come last, under their word.
_JOBS = {"settings": "Settings", "extension": "Extensions", "activegate": "ActiveGates", "api": "Any endpoint"}
_MAY_BREAK = "\u200b"
_HEAD = """\
.. _plugins_in_community.dynatrace:

Dynatrace collection for Ansible
================================

Settings 2.0 objects as code, Extensions 2.0 packages, and updates of ActiveGates, through the REST API of Dynatrace.
A second run changes nothing, and
check mode is answered by Dynatrace itself. :doc:`Getting started <docsite/guide_getting_started>` needs no Dynatrace environment.
"""


@dataclass(frozen=True)
class Entry:
    """A page, in a folder of ``pages``."""

    page: str
    name: str
    description: str = ""
    kind: str = ""


def write(pages: Path) -> int:
    """Replaces ``index.rst``, and takes from the other pages what the theme has by itself; 0, as a program that ends well."""
    made = (pages / "index.rst").read_text(encoding="utf-8")
    plugins = [Entry(f"{name}_{kind}", name, text, kind) for name, kind, text in _PLUGIN.findall(made)]
    modules = [plugin for plugin in plugins if plugin.kind == "module"]
    roles = [plugin for plugin in plugins if plugin.kind == "role"]
    filters = [plugin for plugin in plugins if plugin.kind == "filter"]
    others = [plugin for plugin in plugins if plugin not in modules + roles + filters]
    guides = _guides(pages)
    communication = _COMMUNICATION.search(made)
    sections = [
        _HEAD,
        *_headed("Guides", "-"),
        *_lines(guides),
        *_tree("Guides", guides),
        ".. _plugin_index_for_community.dynatrace:\n\n.. _module_plugins_in_community.dynatrace:\n",
        *_headed("Modules", "-"),
        *(
            line
            for word in dict.fromkeys([*_JOBS, *map(_first_word, modules)])
            for line in _job(
                _JOBS.get(word, word.capitalize()), [plugin for plugin in modules if _first_word(plugin) == word]
            )
        ),
        *_tree("Modules", modules),
        ".. _role_plugins_in_community.dynatrace:\n",
        *_headed("Roles", "-"),
        "A playbook of the same name runs each: ``ansible-playbook community.dynatrace.NAME``.\n",
        *_lines(roles),
        *_tree("Roles", roles),
        *_headed("Plugins", "-"),
        *_lines([Entry(plugin.page, f"{plugin.name} ({plugin.kind})", plugin.description) for plugin in others]),
        *_tree(
            "Plugins",
            [
                *others,
                Entry("filters", "Filters of the roles"),
                Entry("environment_variables", "Environment variables"),
            ],
        ),
        communication[0] if communication else "",
    ]
    (pages / "index.rst").write_text("\n".join(sections), encoding="utf-8")
    filter_page = [
        *_headed("Filters of the roles", "="),
        "What the roles are made of; you need them for roles of your own only.\n",
    ]
    (pages / "filters.rst").write_text(
        "\n".join([*filter_page, *_lines(filters), *_tree("", filters)]), encoding="utf-8"
    )
    for page in pages.rglob("*.rst"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_LONG_TITLE.sub("", _CONTENTS.sub("", text)), encoding="utf-8")
    return 0


def _guides(pages: Path) -> list[Entry]:
    listed = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    names = [f"docsite/{name}" for section in listed for name in section["toctree"]]
    texts = {name: (pages / f"{name}.rst").read_text(encoding="utf-8") for name in names}
    return [Entry(name, title[1]) for name, text in texts.items() if (title := _TITLE.search(text))]


def _first_word(plugin: Entry) -> str:
    return plugin.name.partition("_")[0]


def _job(title: str, modules: Iterable[Entry]) -> list[str]:
    return [*_headed(title, "~"), *_lines(modules)]


def _headed(title: str, line: str) -> list[str]:
    return [f"{title}\n{line * len(title)}\n"]


def _lines(entries: Iterable[Entry]) -> list[str]:
    rows = [
        f"- :doc:`{entry.name} <{entry.page}>`{f': {entry.description}' if entry.description else ''}"
        for entry in entries
    ]
    return ["\n".join(rows) + "\n"]


def _tree(caption: str, entries: Iterable[Entry]) -> list[str]:
    head = [".. toctree::", "  :hidden:", *([f"  :caption: {caption}"] if caption else []), ""]
    # A long name breaks at an underscore.
    names = [f"  {entry.name.replace('_', '_' + _MAY_BREAK)} <{entry.page}>" for entry in entries]
    return ["\n".join([*head, *names]) + "\n"]
