# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""Which texts are secret, and results without them.

The collection masks its secrets itself, on both ways to run a module: ansible-core forgets which options are secret as soon as an
argument has the wrong type, and it knows a secret only as it was given.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from ._text import CUT

MASK = "********"

# What Dynatrace issues: a prefix, a public part and the secret one (API facts, 0.2).
_TOKEN = re.compile(r"\bdt0[a-z]\d\d\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ADDRESSES = ("environment_url", "oauth_token_url")
_PARAMETER = re.compile(r"[?&]([^=&#\s]*)=([^&#\s]+)")
_SECRET_NAME = re.compile(r"token|secret|passw|credential|authorization|api.?key", re.IGNORECASE)
_HEX_IN_JSON = re.compile(r"\\u([0-9a-f]{4})")
# As pages write what they repeat.
_IN_HTML = [
    {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): double, ord("'"): single}
    for double in ("&quot;", "&#34;", '"')
    for single in ("&#39;", "&#x27;", "'")
]
_HEX_IN_URL = re.compile(r"%[0-9A-F]{2}")
# Masking shorter texts would mask parts of ordinary words, and more so where it is not known whether a text is secret.
_SHORTEST = 4
_SHORTEST_GUESS = 8


def masked(value: Any, secrets: Collection[str]) -> Any:
    """``value`` without the secret texts, as they were given and as a server may repeat them: with JSON's or a URL's escapes.

    A short one is masked only where it stands alone, since it is a part of ordinary words as well, and not where a number is equal to it.
    """
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    short = {secret.strip() for secret in secrets if not is_looked_for(secret)} - {""}
    if short:
        words = re.compile(
            "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(short, key=len, reverse=True))
        )
        value = _without_words(value, words)
    return _without(value, forms) if forms else value


def masked_fields(fields: Mapping[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """The same of a result. Its own keys say what it is, so they stay, even if a secret is called ``failed``."""
    names = list(fields)
    return dict(zip(names, masked([fields[name] for name in names], secrets)))


def is_looked_for(secret: str) -> bool:
    """Whether a secret is long enough to be told from the rest of a text, wherever it stands."""
    return len(secret.strip()) >= _SHORTEST


def given_secrets(options: Mapping[str, Any], given: Mapping[str, Any]) -> set[str]:
    """All that is secret in arguments, by their options and by how they look."""
    secrets = declared_secrets(options, given) | apparent_secrets(given)
    for name in _ADDRESSES:
        secrets |= address_secrets(given.get(name))
    return secrets


def declared_secrets(options: Mapping[str, Any], given: Any) -> set[str]:
    """The texts in arguments of options that are declared as ``no_log``, whatever type they have, below other options as well."""
    if isinstance(given, list):
        return {text for item in given for text in declared_secrets(options, item)}
    if not isinstance(given, Mapping):
        return set()
    secrets: set[str] = set()
    for name, option in options.items():
        for key in (name, *option.get("aliases", ())):
            if option.get("no_log"):
                secrets.update(texts(given.get(key)))
            elif option.get("options"):
                secrets |= declared_secrets(option["options"], given.get(key))
    return secrets


def apparent_secrets(given: Mapping[str, Any]) -> set[str]:
    """What looks like credentials in arguments: Dynatrace's tokens, and parameters of addresses that are named like one.

    Names count as well: without the space after the colon, ``{api_token:dt0c01...}`` is the name of an option.
    """
    secrets: set[str] = set()
    values, names = _texts_and_names(given)
    for text in (*values, *names):
        # Looking for the sign first takes a tenth of the time, which counts with thousands of objects.
        secrets.update(_TOKEN.findall(text) if "dt0" in text else ())
        for name, value in _PARAMETER.findall(text) if "=" in text else ():
            if _SECRET_NAME.search(name):
                secrets |= {value, unquote(value)}
    return secrets


def address_secrets(address: Any) -> set[str]:
    """Everything in an address that is neither a host nor a path: nothing else belongs into ``environment_url``."""
    if not isinstance(address, str):
        return set(texts(address))
    secrets = {value for dummy, value in _PARAMETER.findall(address)}
    authority, at_sign, dummy = address.partition("//")[2].rpartition("@")
    if at_sign:
        secrets |= {authority, authority.partition(":")[2]}
    secrets.add(address.partition("#")[2])
    return {text for value in secrets for text in (value, unquote(value)) if text}


def guessed_secrets(given: Any) -> set[str]:
    """The texts in a value that may be secret or not, but for those that are too short to be."""
    return {text for text in texts(given) if len(text) >= _SHORTEST_GUESS}


def texts(value: Any) -> list[str]:
    """All that a value consists of, as texts; not its keys, and nothing that is true, false, null or empty."""
    return _texts_and_names(value)[0]


def _texts_and_names(value: Any) -> tuple[list[str], list[str]]:
    texts: list[str] = []
    names: list[str] = []
    _add_texts(value, texts, names)
    return texts, names


def _add_texts(value: Any, texts: list[str], names: list[str]) -> None:
    """``names`` gets the keys."""
    if isinstance(value, str):
        if value:
            texts.append(value)
    elif isinstance(value, Mapping):
        names.extend(map(str, value))
        for item in value.values():
            _add_texts(item, texts, names)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            _add_texts(item, texts, names)
    elif not isinstance(value, bool) and value is not None:
        # Python writes no number of more than 4,300 digits, and none is a secret.
        with contextlib.suppress(ValueError):
            texts.append(str(value))


def _forms(secret: str) -> Iterable[str]:
    """A secret as it was given, and as JSON, a URL, a form and a page write it. Those of a token are all the same."""
    forms: set[str] = set()
    if not is_looked_for(secret):
        return forms
    for text in (secret, secret.strip()):
        escaped = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        escaped |= {_HEX_IN_JSON.sub(_upper, form) for form in escaped}
        escaped |= {form.replace("/", "\\/") for form in escaped}
        # A lone surrogate, half of a character, has no place in a URL.
        encoded = {quote(text, safe=safe, errors="replace") for safe in ("", "/")}
        encoded.add(quote_plus(text, errors="replace"))
        encoded |= {_HEX_IN_URL.sub(_lower, form) for form in encoded}
        in_html = {text.translate(references) for references in _IN_HTML}
        forms |= {text, *escaped, *encoded, *in_html}
    return forms


def _without_words(value: Any, words: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return words.sub(MASK, value)
    if isinstance(value, Mapping):
        return {name: _without_words(item, words) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_words(item, words) for item in value]
    return value


def _text_without(text: str, forms: Collection[str]) -> str:
    for form in forms:
        text = text.replace(form, MASK)
    return _without_beginnings(text, forms) if CUT in text else text


def _without_beginnings(text: str, forms: Collection[str]) -> str:
    """Where a text was cut, the first part of a secret may be left."""
    *before, last = text.split(CUT)
    return CUT.join([*(_without_beginning(part, forms) for part in before), last])


def _without_beginning(text: str, forms: Collection[str]) -> str:
    """``text`` without the longest beginning of a secret that it ends with."""
    longest = max(len(_common_end(text, form)) for form in forms)
    return text[: len(text) - longest] + MASK if longest >= _SHORTEST else text


def _common_end(text: str, form: str) -> str:
    """The longest beginning of ``form`` that ``text`` ends with."""
    lengths = range(min(len(form), len(text)), 0, -1)
    return next((form[:length] for length in lengths if text.endswith(form[:length])), "")


def _upper(code: re.Match[str]) -> str:
    return "\\u" + code[1].upper()


def _lower(code: re.Match[str]) -> str:
    return code[0].lower()


def _without(value: Any, forms: Collection[str]) -> Any:
    if isinstance(value, str):
        return _text_without(value, forms)
    if isinstance(value, Mapping):
        return {_without(key, forms): _without(item, forms) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(item, forms) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return MASK if any(form in str(value) for form in forms) else value
    return value
