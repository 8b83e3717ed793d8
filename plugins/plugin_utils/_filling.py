# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Objects of files with what their marks stand for: values, secrets, and texts of both. References are left to settings_objects. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._marks import (
    JOIN,
    MARKS,
    REFERENCE,
    SECRET,
    VALUE,
    mark_in,
)
from ansible_collections.community.dynatrace.plugins.module_utils._text import listed
from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import (
    FolderError,
    LayeredItem,
    Path,
    path_text,
)

# Stands for a secret where nothing is written: long enough, and without anything that a schema might not take.
PLACEHOLDER = "unfilled-secret-0123456789abcdef"
OMIT, FAIL, STAND_IN = "omit", "fail", "placeholder"
# Options beside the value in which a mark may stand, and whether a reference may: these two name another object.
TEXT_OPTIONS = {"scope": False, "external_id": False, "insert_after": True, "insert_before": True}
_MOST_NAMED = 10


@dataclass(frozen=True)
class Given:
    """``values`` and ``secrets`` by name; an empty secret is none.

    ``missing``: whether a secret that is not given is left out, which keeps the one that is stored; is an error; or is stood in for.
    ``environments``: where none was chosen, those that have values beside the files.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)
    missing: str = OMIT
    environments: Sequence[str] = ()

    def no_value(self, name: str) -> str:
        """For messages."""
        text = f"no value is given for {name}; given are {self.names}"
        if not self.environments:
            return text
        environments = listed(self.environments, _MOST_NAMED, ", ")
        return f"{text}. Say which environment is meant: there are values of {environments}"

    @property
    def names(self) -> str:
        """Of the values, for messages."""
        names = [name for name, value in sorted(self.values.items()) if value is not None]
        if not names:
            return "none"
        return listed(names, _MOST_NAMED, ", ")


def secrets_of(given: Any) -> dict[str, str]:
    """Secrets by name. Raises FolderError, which does not say what was given: it may be a secret."""
    secrets = _yaml.dictionary(given)
    if secrets is None or any(isinstance(text, (dict, list)) for text in secrets.values()):
        raise FolderError("secrets must be a dictionary of names and texts, or a JSON or YAML text of one")
    texts = {}
    for name, text in secrets.items():
        texts[name] = ""
        if text is not None:
            texts[name] = str(text)
    return texts


@dataclass(frozen=True)
class _Part:
    """A secret, a text with one in it, or another part of such a text. ``text`` is None where nobody has given the secret.

    ``name``: what it is called. ``shown``: the same as a part of a longer text, whose other parts are a part of what that is called, so
    that a plan tells when they have changed.
    """

    text: str | None
    name: str
    shown: str
    is_secret: bool = True


class _Missing:
    """What stands nowhere, since it is a secret that nobody has given."""


_MISSING = _Missing()


def filled_in(items: Sequence[LayeredItem], given: Given) -> tuple[list[dict[str, Any]], list[str]]:
    """The options of the objects, and the names of the secrets that are not given. Raises FolderError for all that is wrong at once.

    An object with secrets says where they are: ``secret_paths``, names by path in the value, and ``missing_secret_paths``.
    """
    results: list[dict[str, Any]] = []
    problems: list[str] = []
    missing: dict[str, str] = {}
    for item in items:
        filler = _Filler(item, given)
        try:
            results.append(filler.options())
        except FolderError as error:
            problems.append(str(error))
        except RecursionError:
            problems.append(f"{item.file}: {item.key}: its value, or a value for it, is nested too deeply")
        for path, name in filler.missing:
            missing.setdefault(name, item.place(path))
    if problems:
        raise FolderError(listed(problems, _MOST_NAMED))
    if missing and given.missing == FAIL:
        texts = [f"{name} ({place})" for name, place in sorted(missing.items())]
        raise FolderError(f"these secrets are not given: {listed(texts, _MOST_NAMED, ', ')}")
    return results, list(missing)


class _Filler:
    """Fills in one object. ``missing``: path and name of each secret that is not given. ``_secrets``: what they are called, by path."""

    def __init__(self, item: LayeredItem, given: Given) -> None:
        self._item = item
        self._given = given
        self._secrets: dict[str, str] = {}
        # The values that are being filled in, one inside of the other.
        self._open: list[str] = []
        self.missing: list[tuple[Path, str]] = []

    def options(self) -> dict[str, Any]:
        options = {**self._item.options, "file": self._item.file}
        for name, value in self._item.options.items():
            if name == "value":
                options[name] = self._whole_value(value)
            elif isinstance(value, Mapping):
                options[name] = self._text_option(name, value)
        if self._secrets:
            options["secret_paths"] = self._secrets
        if self.missing:
            options["missing_secret_paths"] = list(dict.fromkeys(path_text(path[1:]) for path, _name in self.missing))
        return options

    def _whole_value(self, value: Any) -> Any:
        result = self._filled(value, ("value",))
        if mark_in(value) is not None and not isinstance(result, Mapping):
            raise self._error(("value",), "must be a dictionary")
        return result

    def _text_option(self, name: str, value: Mapping[str, Any]) -> str:
        if name not in TEXT_OPTIONS:
            raise self._error((name,), f"must be said here: a mark may stand in value, {', '.join(TEXT_OPTIONS)}")
        if mark_in(value) == REFERENCE and TEXT_OPTIONS[name]:
            return self._name(value[REFERENCE], (name,))
        result = self._resolved(value, (name,))
        if isinstance(result, _Part):
            raise self._error((name,), "is not a place for a secret")
        text = _text(result)
        if not text:
            raise self._error((name,), "must be a text, and is empty or none")
        return text

    def _filled(self, value: Any, path: Path) -> Any:
        result = self._resolved(value, path)
        if not isinstance(result, _Part):
            return result
        self._secrets[path_text(path[1:])] = result.name
        if result.text is not None:
            return result.text
        if self._given.missing == STAND_IN:
            return PLACEHOLDER
        return _MISSING

    def _resolved(self, value: Any, path: Path) -> Any:
        """With what the marks in ``value`` stand for."""
        if isinstance(value, list):
            return self._elements(value, path)
        if not isinstance(value, Mapping):
            return value
        mark = mark_in(value)
        if mark is not None:
            return self._marked(mark, value[mark], path)
        if not MARKS.isdisjoint(value):
            raise self._error(path, f"has {', '.join(sorted(MARKS & value.keys()))} beside others: a mark stands alone")
        return self._properties(value, path)

    def _elements(self, elements: Sequence[Any], path: Path) -> list[Any]:
        result = []
        for index, element in enumerate(elements):
            part = self._filled(element, (*path, index))
            if part is not _MISSING:
                result.append(part)
        return result

    def _properties(self, properties: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Without secrets that nobody has given: an explicit null would remove the stored one."""
        result = {}
        for name, value in properties.items():
            part = self._filled(value, (*path, name))
            if part is not _MISSING:
                result[name] = part
        return result

    def _marked(self, mark: str, content: Any, path: Path) -> Any:
        if mark == VALUE:
            return self._value(content, path)
        if mark == JOIN:
            return self._joined(content, path)
        if mark == SECRET:
            return self._secret(content, path)
        if mark == REFERENCE:
            return {mark: self._name(content, path)}
        raise self._error(path, f"there is no {mark}; there are {', '.join(sorted(MARKS))}")

    def _value(self, content: Any, path: Path) -> Any:
        name = self._name(content, path)
        if name in self._open:
            raise self._error(path, f"the value {name} stands for itself")
        value = self._given.values.get(name)
        if value is None:
            raise self._error(path, self._given.no_value(name))
        self._open.append(name)
        result = self._resolved(value, path)
        self._open.pop()
        return result

    def _joined(self, content: Any, path: Path) -> Any:
        if not isinstance(content, list) or not content:
            raise self._error(path, f"{JOIN} must be a list of texts, values and secrets")
        parts = [self._part(part, path) for part in content]
        texts = [part.text for part in parts if part.text is not None]
        text: str | None = "".join(texts)
        # One secret that is not given leaves nothing of the text.
        if len(texts) < len(parts):
            text = None
        if not any(part.is_secret for part in parts):
            return text
        shown = "".join(part.shown for part in parts)
        return _Part(text, shown, shown)

    def _part(self, part: Any, path: Path) -> _Part:
        result = self._resolved(part, path)
        if isinstance(result, _Part):
            return result
        text = _text(result)
        if text is None:
            raise self._error(
                path, f"{JOIN} takes texts, numbers, values and secrets, not a reference, a list or a dictionary"
            )
        return _Part(text, text, text, is_secret=False)

    def _secret(self, content: Any, path: Path) -> _Part:
        name = self._name(content, path)
        text = str(self._given.secrets.get(name) or "") or None
        if text is None:
            self.missing.append((path, name))
        return _Part(text, name, f"{{{name}}}")

    def _name(self, content: Any, path: Path) -> str:
        if isinstance(content, bool) or not isinstance(content, (str, int)) or content == "":
            raise self._error(path, "what a mark names must be a text")
        return str(content)

    def _error(self, path: Path, text: str) -> FolderError:
        return FolderError(f"{self._item.place(path)}: {text}")


def _text(value: Any) -> str | None:
    """As a part of a text; None for what can be none."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return None
