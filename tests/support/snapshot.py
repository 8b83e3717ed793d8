# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox as it is now, to come back to: that costs a tenth of making it so by requests."""

from __future__ import annotations

import io
import pickle
from typing import Any

from tests.sandbox.app import Sandbox

# What nobody changes, and what is made of the rest.
_SHARED = ("options", "_catalog", "_twin")
_DERIVED = "_endpoints"


class Snapshot:
    """A function without a name in it would see the old state for ever: pickle refuses it."""

    def __init__(self, state: Sandbox) -> None:
        self._state = state
        shared = [state, *(getattr(state, name) for name in _SHARED), *state._catalog]
        self._shared = {str(number): item for number, item in enumerate(shared)}
        self._content = self._pickled({name: value for name, value in vars(state).items() if name != _DERIVED})

    def restore(self) -> None:
        unpickler = pickle.Unpickler(io.BytesIO(self._content))
        unpickler.persistent_load = self._shared.__getitem__  # type: ignore[method-assign]
        vars(self._state).update(unpickler.load())
        self._state.open()

    def _pickled(self, value: Any) -> bytes:
        names = {id(item): number for number, item in self._shared.items()}
        target = io.BytesIO()
        pickler = pickle.Pickler(target, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = lambda item: names.get(id(item))  # type: ignore[method-assign]
        pickler.dump(value)
        return target.getvalue()
