# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Names, hosts and mail addresses of an environment, and what stands for them in a recording. Pure.

A pseudonym follows from the key and the text alone: the same text has the same pseudonym everywhere, in each recording made with
that key, and nobody can tell the text from it without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Properties that name something, and those that hold a host or an address; also as the end of a longer word, such as clusterName.
_NAMING = re.compile(r"name|title|label|\w*(?:Name|Title|Label)", re.ASCII)
_HOSTING = re.compile(
    r"(?:host|hostname|address|server|domain|endpoint)s?|\w*(?:Host|HostName|Hostname|Address|Server|Domain|Endpoint)(?:es|s)?",
    re.ASCII,
)
_HOST = re.compile(r"(?=[\w.:-]*[A-Za-z])[\w-]+(?:[.:][\w-]*)*", re.ASCII)
# What texts are made of. The order matters: an address is more than the words in it.
_TOKEN = re.compile(
    r"(?P<mail>[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)"
    r"|(?P<scheme>[a-z][a-z0-9+.-]{1,20}://)(?P<user>[^\s/?#@\"'<>]{1,200}@)?(?P<authority>[\w.-]{1,253})"
    r"|(?P<address>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]))"
    r"|(?P<word>\w+)",
    re.ASCII,
)
# Texts that mean something to Dynatrace, whatever else is called so.
_KNOWN = frozenset(("default", "environment", "system", "tenant", "true", "false"))
_SCHEMA_ID = re.compile(r"(?:builtin|app|ext):\S+")
# The machine itself, or any: they name nobody.
_ANY_HOST = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|255\.255\.255\.255")
# A shorter name is replaced where it is all of a text, and not inside of others.
_SHORTEST_INSIDE = 4


@dataclass
class Vocabulary:
    """What is replaced, in small letters. ``fixed``: texts that stay as they are, such as the values of enums."""

    fixed: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)

    def learn(self, value: Any, property_name: str = "") -> None:
        """The names and hosts in a value of settings."""
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self.learn(inner, str(name))
        elif isinstance(value, list):
            for inner in value:
                self.learn(inner, property_name)
        elif isinstance(value, str):
            self._learn_text(value, property_name)

    def _learn_text(self, text: str, property_name: str) -> None:
        if self.is_fixed(text):
            return
        self.hosts.update(token["authority"].lower() for token in _TOKEN.finditer(text) if token["authority"])
        if _HOSTING.fullmatch(property_name) and _HOST.fullmatch(text):
            self.add_hosts(text)
        elif _NAMING.fullmatch(property_name) and "://" not in text and "@" not in text:
            self.add_names(text)

    def add_names(self, *texts: str) -> None:
        for text in texts:
            if not self.is_fixed(text) and any(character.isalpha() for character in text):
                self.names.add(text.lower())

    def add_hosts(self, *texts: str) -> None:
        self.hosts.update(text.lower() for text in texts if not self.is_fixed(text))

    def is_fixed(self, text: str) -> bool:
        return text in self.fixed or text in _KNOWN or _SCHEMA_ID.fullmatch(text) is not None


class Pseudonyms:
    """Replaces what the vocabulary knows, and every mail address, host of a URL and IPv4 address."""

    def __init__(self, key: str, vocabulary: Vocabulary) -> None:
        self._key = key.encode()
        self._vocabulary = vocabulary
        self._inside: dict[str, list[str]] = {}
        for known in sorted((*vocabulary.names, *vocabulary.hosts), key=len, reverse=True):
            first = re.match(r"\w+", known, re.ASCII)
            if first and len(known) >= _SHORTEST_INSIDE:
                self._inside.setdefault(first[0], []).append(known)

    def value(self, value: Any) -> Any:
        """A copy with pseudonyms in all its texts; names of properties stay."""
        if isinstance(value, Mapping):
            return {name: self.value(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        if self._vocabulary.is_fixed(text):
            return text
        return self._of_known(text) or "".join(self._pieces(text))

    def _of_known(self, text: str) -> str:
        """Of a name or host; empty for any other text."""
        lower = text.lower()
        if lower in self._vocabulary.hosts:
            return self._host(lower)
        if lower in self._vocabulary.names:
            return f"name-{self._digest(lower)}"
        return ""

    def _pieces(self, text: str) -> Iterator[str]:
        place = 0
        while (token := _TOKEN.search(text, place)) is not None:
            yield text[place : token.start()]
            known = self._known_at(text, token)
            place = token.start() + len(known) if known else token.end()
            yield self._of_known(known) if known else self._replaced(token)
        yield text[place:]

    def _known_at(self, text: str, token: re.Match[str]) -> str:
        """The longest name that begins with this word and ends with a word."""
        for known in self._inside.get((token["word"] or "").lower(), ()):
            end = token.start() + len(known)
            ends_here = not text[end : end + 1].isalnum() or not known[-1:].isalnum()
            if ends_here and text[token.start() : end].lower() == known:
                return text[token.start() : end]
        return ""

    def _replaced(self, token: re.Match[str]) -> str:
        if token["mail"]:
            return f"user-{self._digest(token['mail'].lower())}@example.com"
        if token["authority"]:
            user = "user@" if token["user"] else ""
            return token["scheme"] + user + self._host(token["authority"].lower())
        if token["address"]:
            return self._host(token["address"])
        return token[0]

    def _host(self, host: str) -> str:
        if _ANY_HOST.fullmatch(host):
            return host
        if re.fullmatch(r"[\d.]+", host):
            return self._address(host)
        return f"host-{self._digest(host)}.example.com"

    def _address(self, address: str) -> str:
        """One of a private network."""
        numbers = bytes.fromhex(self._digest(address))[:3]
        return "10." + ".".join(str(number) for number in numbers)

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:10]


def enum_values(document: Mapping[str, Any]) -> set[str]:
    """The texts of all enums in the document of a schema."""
    values: set[str] = set()
    for enum in _mapping(document.get("enums")).values():
        items = _mapping(enum).get("items")
        for item in items if isinstance(items, list) else ():
            values.add(str(_mapping(item).get("value")))
    return values


def _mapping(part: Any) -> Mapping[str, Any]:
    """Nothing where a document has something else."""
    return part if isinstance(part, Mapping) else {}
