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
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Properties that name something, and those that hold a host or an address; also as the end of a longer word, such as clusterName.
_NAMING = re.compile(r"name|title|label|user(?:name)?|login|account|channel|\w*(?:Name|Title|Label|Group)", re.ASCII)
_HOSTING = re.compile(
    r"(?:host|hostname|hostName|address|server|domain|endpoint)s?|ip(?:address)?|\w*(?:Host|HostName|Hostname|Address|Server|Domain|Endpoint)(?:es|s)?",
    re.ASCII,
)
# What may be one: a name has a letter, and is not an address of anything.
_NAME = re.compile(r"(?!.*(?:://|@))(?=.*[^\W\d_]).*", re.DOTALL)
_HOST = re.compile(r"(?=[\w.:-]*[^\W\d_])[\w-]+(?:[.:][\w-]*)*")
# Of an address on the web what comes before its host, with the host as the second group; a user in it is nobody's business.
_URL_TEXT = r"([a-z][a-z0-9+.-]{1,20}://)(?:[^\s/?#@\"'<>]{1,200}@)?([\w.-]{1,253})"
_URL = re.compile(_URL_TEXT)
# What texts are made of. The order matters: an address is more than the words in it.
_TOKEN = re.compile(
    r"(?P<mail>(?!')[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    rf"|(?P<url>{_URL_TEXT})"
    r"|(?P<address>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]))"
    r"|(?P<word>\w+)"
)
_INSIDE_WORD = re.compile(r"\w\w")
# What comes before the first word of a name, as in [prod] shop; it stays.
_LEADING = re.compile(r"\W*")
# Texts that mean something to Dynatrace, whatever else is called so, and ids of entities and of settings objects.
_KNOWN = re.compile(
    r"|default|Default|environment|system|tenant|true|false|(?:builtin|app|ext):\S+|[A-Z][A-Z_]*-[0-9A-F]{16}|vu9U3hXa3q0[\w-]+"
)
# The machine itself, or any: they name nobody.
_ANY_HOST = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|255\.255\.255\.255")
_ADDRESS = re.compile(r"[\d.]+", re.ASCII)
# A shorter name is replaced where it is all of a text, and not inside of others.
_SHORTEST_INSIDE = 4
HOST, NAME, _MAIL = "host", "name", "mail"
_FORMS = {HOST: "host-{}.example.com", NAME: "name-{}", _MAIL: "user-{}@example.com"}


def mapped(value: Any, change: Callable[[str, str], str], property_name: str = "") -> Any:
    """A copy of a value in which each text is what ``change`` makes of it and of the name of its property."""
    if isinstance(value, Mapping):
        return {name: mapped(inner, change, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [mapped(inner, change, property_name) for inner in value]
    if isinstance(value, str):
        return change(property_name, value)
    return value


class Vocabulary:
    """What is replaced: ``kinds`` has names and hosts in small letters. ``fixed``: texts that stay, such as the values of enums."""

    def __init__(self) -> None:
        self.fixed: set[str] = set()
        self.kinds: dict[str, str] = {}

    def learn(self, value: Any) -> None:
        """The names and hosts in a value of settings."""
        mapped(value, self._learn_text)

    def add(self, kind: str, text: str) -> None:
        """A text that surely is one."""
        if not self.is_fixed(text):
            self.kinds.setdefault(_LEADING.sub("", text, count=1).lower(), kind)

    def is_fixed(self, text: str) -> bool:
        return text in self.fixed or _KNOWN.fullmatch(text) is not None

    def _learn_text(self, property_name: str, text: str) -> str:
        for url in _URL.finditer(text):
            self.add(HOST, url[2])
        for kind, naming, form in ((HOST, _HOSTING, _HOST), (NAME, _NAMING, _NAME)):
            if naming.fullmatch(property_name) and form.fullmatch(text):
                self.add(kind, text)
        return text


class Pseudonyms:
    """Replaces what the vocabulary knows, and every mail address, host of a URL and IPv4 address."""

    def __init__(self, key: str, vocabulary: Vocabulary) -> None:
        self._key = key.encode("utf-8", "surrogatepass")
        self._vocabulary = vocabulary
        self._replace: dict[str, Callable[[re.Match[str]], str]] = {
            "mail": lambda token: self._pseudonym(_MAIL, token[0]),
            "url": lambda token: _URL.sub(lambda url: url[1] + self._pseudonym(HOST, url[2]), token[0]),
            "address": lambda token: self._pseudonym(HOST, token[0]),
            "word": lambda token: token[0],
        }
        # How long those are that stand inside of other texts, by their first word, the longest first.
        self._lengths: dict[str, dict[int, None]] = {}
        for known in sorted(vocabulary.kinds, key=len, reverse=True):
            first = re.match(r"\w+", known)
            if first and len(known) >= _SHORTEST_INSIDE:
                self._lengths.setdefault(first[0], {})[len(known)] = None

    def of(self, value: Any) -> Any:
        """A copy with pseudonyms in all its texts; names of properties stay."""
        return mapped(value, lambda property_name, text: self.of_text(text))

    def of_text(self, text: str) -> str:
        if self._vocabulary.is_fixed(text):
            return text
        name = _LEADING.sub("", text, count=1)
        kind = self._vocabulary.kinds.get(name.lower())
        if kind:
            return text[: len(text) - len(name)] + self._pseudonym(kind, name)
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        place = 0
        while (token := _TOKEN.search(text, place)) is not None:
            yield text[place : token.start()]
            known = self._known_at(text, token)
            place = token.start() + len(known or token[0])
            if known:
                yield self._pseudonym(self._vocabulary.kinds[known.lower()], known)
            else:
                yield self._replace[str(token.lastgroup)](token)
        yield text[place:]

    def _known_at(self, text: str, token: re.Match[str]) -> str:
        """The longest name that begins with this word and does not end within another."""
        for length in self._lengths.get(token[0].lower(), ()):
            end = token.start() + length
            known = text[token.start() : end]
            if known.lower() in self._vocabulary.kinds and not _INSIDE_WORD.match(text, end - 1):
                return known
        return ""

    def _pseudonym(self, kind: str, text: str) -> str:
        digest = hmac.new(self._key, text.lower().encode("utf-8", "surrogatepass"), hashlib.sha256)
        if kind == HOST and _ANY_HOST.fullmatch(text):
            return text
        if kind == HOST and _ADDRESS.fullmatch(text):
            return "10." + ".".join(str(number) for number in digest.digest()[:3])
        return _FORMS[kind].format(digest.hexdigest()[:10])
