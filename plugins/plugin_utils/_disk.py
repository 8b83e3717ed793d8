# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Files of the controller as Ansible reads them: those that ansible-vault has encrypted are decrypted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.community.dynatrace.plugins.module_utils._files import FileError, open_file


def read_text(loader: Any, path: str) -> str:
    """``loader`` is a plugin's own. Raises AnsibleError and OSError."""
    try:
        # Ansible would wait for a pipe's writer, and read a device without an end.
        open_file(path).close()
        if hasattr(loader, "get_text_file_contents"):
            text = str(loader.get_text_file_contents(path))
        else:  # ansible-core before 2.19
            text = str(to_text(loader._get_file_contents(path)[0]))
        # Ansible escapes what it cannot decode.
        text.encode()
    except FileError as error:
        raise AnsibleError(str(error)) from None
    except UnicodeError:
        raise AnsibleError("it is not encoded in UTF-8") from None
    return text


class Folder:
    """A folder whose paths are relative and have slashes. Its errors are made by ``fail`` from a text."""

    def __init__(self, loader: Any, root: str, fail: Callable[[str], Exception]) -> None:
        self._loader = loader
        self._root = os.path.abspath(root)
        self._fail = fail

    def text(self, path: str) -> str:
        real = self._real(path)
        if not os.path.isfile(real):
            raise self._fail(f"{path} is not a file" if os.path.exists(real) else f"{path} does not exist")
        try:
            return read_text(self._loader, real)
        except (AnsibleError, OSError) as error:
            raise self._fail(f"{path} cannot be read: {error}") from None

    def yaml_files(self, folder: str) -> list[str]:
        self._listed(folder)
        paths = []
        for place, folders, names in os.walk(self._real(folder)):
            folders.sort()
            paths += [os.path.join(place, name) for name in sorted(names) if name.endswith((".yaml", ".yml"))]
        return [os.path.relpath(path, self._root).replace(os.sep, "/") for path in paths]

    def folders(self, folder: str) -> list[str]:
        """Without links to folders, which Monaco does not follow either."""
        paths = [os.path.join(self._real(folder), name) for name in self._listed(folder)]
        return [os.path.basename(path) for path in paths if os.path.isdir(path) and not os.path.islink(path)]

    def _listed(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(self._real(folder)))
        except FileNotFoundError:
            raise self._fail(f"the folder {folder} does not exist") from None
        except OSError as error:
            raise self._fail(f"the folder {folder} cannot be read: {error.strerror}") from None

    def _real(self, path: str) -> str:
        """Raises for what is outside: a project is a folder that somebody else may have written."""
        real = os.path.normpath(os.path.join(self._root, path))
        if os.path.commonpath([self._root, real]) != self._root:
            raise self._fail(f"{path} is outside of the folder of the project")
        return real
