# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Reads files of settings, for the lookup ``settings_files`` and for ``path`` of the module ``settings_objects``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.modules.settings_objects import MODULE
from ansible_collections.community.dynatrace.plugins.plugin_utils import _folder, _yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._disk import read_text

_OPTIONS: Mapping[str, Mapping[str, Any]] = MODULE.options["objects"]["options"]
_VALIDATOR = ArgumentSpecValidator(dict(_OPTIONS))
_TYPES = {"str": str, "dict": dict, "bool": bool}
_NAMED = 5


def read_items(
    loader: Any, paths: Iterable[str], secrets: Mapping[str, str], missing: str, warn: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The items of all files, as ``objects`` of settings_objects takes them, with the secrets in clear.

    ``loader``: Ansible's, which decrypts files. ``paths``: files and folders that are there. Raises _folder.FolderError.
    """
    files = [path for given in paths for path in _files(given)]
    items = _folder.gathered((path, _content(loader, path)) for path in files)
    filled, unknown = _folder.filled([_checked(item) for item in items], secrets, missing)
    if unknown and missing == _folder.OMIT:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        warn(
            f"no secret is given for {', '.join(unknown[:_NAMED])}{more}: objects that exist keep theirs, new ones have none"
        )
    return filled


def secrets_of(given: Any) -> dict[str, str]:
    """Secrets by name, from a dictionary or a text of one, as surveys and the command line give it.

    Raises _folder.FolderError, which does not say what was given: it may be a secret.
    """
    if isinstance(given, str):
        try:
            # libyaml takes no class that derives from str, as Ansible's own do.
            given = _yaml.load(str(given))
        except (yaml.YAMLError, ValueError, RecursionError):
            given = 0
    if given is None:
        return {}
    if not isinstance(given, Mapping) or any(isinstance(text, (dict, list)) for text in given.values()):
        raise _folder.FolderError("secrets must be a dictionary of names and texts, or a JSON or YAML text of one")
    return {str(name): "" if text is None else str(text) for name, text in given.items()}


def objects_of_path(action: Any, params: Mapping[str, Any], warn: Callable[[str], None]) -> Mapping[str, Any]:
    """What takes the place of options of settings_objects on the controller: ``objects`` that of ``path``. Raises InputError."""
    if params["path"] is None:
        if params["secrets"]:
            raise InputError("secrets are filled into files: give path with them, or put them into objects yourself")
        return {}
    try:
        paths = [action._find_needle("files", path) for path in params["path"]]
        secrets = secrets_of(params["secrets"])
        objects = read_items(action._loader, paths, secrets, params["missing_secrets"], warn)
        return {"objects": objects, "path": None, "secrets": secrets}
    except (AnsibleError, _folder.FolderError) as error:
        raise InputError(str(error)) from error


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        raise _folder.FolderError(f"the folder {path} cannot be read: {error.strerror}") from error
    return [os.path.join(path, name) for name in names if _folder.is_settings(name)]


def _content(loader: Any, path: str) -> Any:
    try:
        return _yaml.load(read_text(loader, path))
    except (AnsibleError, UnicodeDecodeError, OSError) as error:
        raise _folder.FolderError(f"{path} cannot be read: {error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _folder.FolderError(f"{path} is no YAML: {error}") from error


def _checked(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item as Ansible would make it from an argument. What is plain already, nearly every item, is not looked at by Ansible."""
    name = f"{item['file']}: {item['key']}"
    unknown = [str(option) for option in item if option not in _OPTIONS]
    if unknown:
        raise _folder.FolderError(f"{name}: there is no option {', '.join(unknown)}; there are {', '.join(_OPTIONS)}")
    if all(_is_plain(_OPTIONS[option], value) for option, value in item.items()):
        return item
    validated = _VALIDATOR.validate(item)
    if validated.error_messages:
        raise _folder.FolderError(f"{name}: {'; '.join(validated.error_messages)}")
    return {option: value for option, value in validated.validated_parameters.items() if value is not None}


def _is_plain(option: Mapping[str, Any], value: Any) -> bool:
    if value is None:
        return True
    if option["type"] == "list":
        return isinstance(value, list) and all(isinstance(element, str) for element in value)
    return isinstance(value, _TYPES[option["type"]]) and value in option.get("choices", (value,))
