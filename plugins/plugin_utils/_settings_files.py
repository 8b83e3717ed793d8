# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Reads files of settings, for the lookup ``settings_files`` and for ``path`` of the module ``settings_objects``."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._files import printable
from ansible_collections.community.dynatrace.plugins.module_utils._lists import not_blank
from ansible_collections.community.dynatrace.plugins.module_utils._text import listed
from ansible_collections.community.dynatrace.plugins.modules.settings_objects import MODULE
from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._disk import read_text
from ansible_collections.community.dynatrace.plugins.plugin_utils._filling import OMIT, Given, filled_in, secrets_of
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import (
    OWN_OPTIONS,
    FolderError,
    LayeredItem,
    gathered,
    is_settings,
)

_OPTIONS: Mapping[str, Mapping[str, Any]] = MODULE.options["objects"]["options"]
_SAID = [name for name in _OPTIONS if name not in OWN_OPTIONS]
_VALIDATOR = ArgumentSpecValidator(dict(_OPTIONS))
_TYPES = {"str": str, "dict": dict, "bool": bool}
_KINDS = {"dict": "a dictionary", "bool": "true or false"}
_NAMED = 5
# In a folder of settings: the values of each environment, and what is different there.
_VALUES, _LAYERS = "values", "layers"
_ENDINGS = (".yml", ".yaml", ".json")
# Options of settings_objects that go with path.
_WITH_PATH = ("values", "values_files", "environment_name", "secrets")


@dataclass(frozen=True)
class Sources:
    """Where settings come from. ``paths``: folders and files that are there, each a layer; ``values_files``: files that are there.

    ``environment``: whose values and layer in the folders count, empty for none. ``values`` and ``secrets`` as they were given.
    """

    paths: Sequence[str]
    environment: str
    values_files: Sequence[str]
    values: Any
    secrets: Any
    missing: str


def read_items(loader: Any, sources: Sources, warn: Callable[[str], None]) -> list[dict[str, Any]]:
    """The items of all files, as ``objects`` of settings_objects takes them, with the secrets in clear.

    ``loader``: Ansible's, which decrypts files. Raises FolderError.
    """
    given = Given(_values(loader, sources), secrets_of(sources.secrets), sources.missing, _environments(sources))
    layers = [_layer(loader, path) for path in (*sources.paths, *_own_layers(sources))]
    items, unknown = filled_in([_checked(item) for item in gathered(layers)], given)
    if unknown and sources.missing == OMIT:
        names = listed(unknown, _NAMED, ", ")
        warn(f"no secret is given for {names}: objects that exist keep theirs, new ones have none")
    return items


def objects_of_path(action: Any, params: Mapping[str, Any], warn: Callable[[str], None]) -> Mapping[str, Any]:
    """What takes the place of options of settings_objects on the controller: ``objects`` that of ``path``. Raises InputError."""
    if params["path"] is None:
        given = [name for name in _WITH_PATH if _is_given(params[name])]
        if given:
            raise InputError(
                f"{' and '.join(given)} are filled into files: give path with them, or put them into objects yourself"
            )
        return {}
    try:
        sources = Sources(
            paths=[_found(action, "path", path) for path in _not_empty(params["path"])],
            environment=(params["environment_name"] or "").strip(),
            values_files=[_found(action, "values_files", path) for path in not_blank(params["values_files"])],
            values=params["values"],
            secrets=params["secrets"],
            missing=params["missing_secrets"],
        )
        objects = read_items(action._loader, sources, warn)
        secrets = secrets_of(params["secrets"])
        return {**dict.fromkeys(_WITH_PATH), "objects": objects, "path": None, "secrets": secrets}
    except (AnsibleError, FolderError) as error:
        raise InputError(str(error)) from error


def _is_given(value: Any) -> bool:
    """A survey leaves a blank text where nothing was chosen, of which Ansible makes a list of it."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list):
        return bool(not_blank(value))
    return bool(value)


def _not_empty(paths: Sequence[str]) -> Sequence[str]:
    """Raises FolderError where no path is left: without any object, prune would delete all there are."""
    named = not_blank(paths)
    if not named:
        raise FolderError("path is empty: give a folder or a file of settings")
    return named


def _found(action: Any, option: str, path: str) -> str:
    try:
        real: str = action._find_needle("files", path)
    except AnsibleError:
        # Ansible's own error speaks of options of other modules.
        raise FolderError(f"{option}: there is no file or folder {printable(path)} on the controller") from None
    return real


def _environments(sources: Sources) -> list[str]:
    """Those that have values of their own in the folders, unless one of them was chosen."""
    if sources.environment:
        return []
    names = set()
    for path in sources.paths:
        folder = os.path.join(_folder(path), _VALUES)
        if os.path.isdir(folder):
            names.update(os.listdir(folder))
    return sorted({os.path.splitext(name)[0] for name in names if name.lower().endswith(_ENDINGS)})


def _values(loader: Any, sources: Sources) -> dict[str, Any]:
    """By name: of the environment, of files in their order, then as they were given; the last one counts."""
    values: dict[str, Any] = {}
    for path in (*_own_values(sources), *sources.values_files):
        content = _yaml.dictionary(_content(loader, path) or {})
        if content is None:
            raise FolderError(f"{path} must be a dictionary of names and values")
        values.update(content)
    given = _yaml.dictionary(sources.values)
    if given is None:
        raise FolderError("values must be a dictionary of names and values, or a JSON or YAML text of one")
    return {**values, **given}


def _own_values(sources: Sources) -> list[str]:
    """The files of the environment's values in the folders."""
    if not sources.environment:
        return []
    name = sources.environment
    if os.path.basename(name) != name or name.startswith("."):
        raise FolderError(f"the environment is called {name}: give its name alone, without a folder")
    folders = list(dict.fromkeys(map(_folder, sources.paths)))
    files = []
    for folder, ending in itertools.product(folders, _ENDINGS):
        path = os.path.join(folder, _VALUES, name + ending)
        if os.path.isfile(path):
            files.append(path)
    if not files and not _own_layers(sources):
        raise FolderError(
            f"there is nothing for the environment {name}: no {_VALUES}/{name}.yml and no folder {_LAYERS}/{name} in {', '.join(folders)}"
        )
    return files


def _own_layers(sources: Sources) -> list[str]:
    """The folders of what is different in the environment; they come after all others."""
    if not sources.environment:
        return []
    candidates = [os.path.join(_folder(path), _LAYERS, sources.environment) for path in sources.paths]
    return [path for path in dict.fromkeys(candidates) if os.path.isdir(path)]


def _folder(path: str) -> str:
    if os.path.isdir(path):
        return path
    return os.path.dirname(path)


def _layer(loader: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Name and content of each file."""
    for file in _files(path):
        yield file, _content(loader, file)


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        raise FolderError(f"the folder {path} cannot be read: {error.strerror}") from error
    return [os.path.join(path, name) for name in names if is_settings(name)]


def _content(loader: Any, path: str) -> Any:
    try:
        return _yaml.load(read_text(loader, path))
    except (AnsibleError, OSError, _yaml.YamlError) as error:
        raise FolderError(f"{path} cannot be read: {error}") from None


def _checked(item: LayeredItem) -> LayeredItem:
    """With options as Ansible would make them from an argument. What is plain already, nearly all, is not looked at by Ansible."""
    name = f"{item.file}: {item.key}"
    _check_known(name, item.options)
    if all(itertools.starmap(_is_plain, item.options.items())):
        return item
    _check_texts(name, item.options)
    # A mark in any other option is refused where marks are filled in.
    marked, rest = {}, {}
    for option, value in item.options.items():
        if option != "value" and isinstance(value, Mapping):
            marked[option] = value
        else:
            rest[option] = value
    item.options = {**_validated(name, rest), **marked}
    return item


def _check_known(name: str, options: Mapping[str, Any]) -> None:
    unknown = [str(option) for option in options if option not in _OPTIONS]
    if unknown:
        raise FolderError(f"{name}: there is no option {', '.join(unknown)}; there are {', '.join(_SAID)}, skip")


def _check_texts(name: str, options: Mapping[str, Any]) -> None:
    """Ansible would make a text of anything, and so of 1.10, which YAML reads as 1.1, another one."""
    for option, value in options.items():
        kind = _OPTIONS[option]["type"]
        if kind == "str" and isinstance(value, (bool, float)):
            raise FolderError(f"{name}: {option} must be a text: quote it")
        if isinstance(value, list):
            _check_list(f"{name}: {option}", kind, value)


def _check_list(name: str, kind: str, elements: Sequence[Any]) -> None:
    if kind != "list":
        raise FolderError(f"{name} must be {_KINDS.get(kind, 'a text')}, and is a list")
    if any(isinstance(element, (dict, list)) for element in elements):
        raise FolderError(f"{name} must be a list of texts")


def _validated(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    validated = _VALIDATOR.validate(options)
    if validated.error_messages:
        raise FolderError(f"{name}: {'; '.join(validated.error_messages)}")
    return {option: value for option, value in validated.validated_parameters.items() if value is not None}


def _is_plain(name: str, value: Any) -> bool:
    option = _OPTIONS[name]
    if value is None:
        return True
    if option["type"] == "list":
        return isinstance(value, list) and all(isinstance(element, str) for element in value)
    return isinstance(value, _TYPES[option["type"]]) and value in option.get("choices", (value,))
