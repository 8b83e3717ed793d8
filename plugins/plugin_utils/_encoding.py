# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Arguments and results as they look on the other side of the JSON that Ansible and a module exchange.

What goes through is plain afterwards: vaulted texts are decrypted, dates are texts, keys are texts, no tag and no mark of a template
that may be trusted is left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

try:
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder
except ImportError:  # ansible-core before 2.19
    Direction = get_module_decoder = get_module_encoder = None

_IS_TAGGED = Direction is not None

# What modules speak that name no other one.
_PROFILE = "legacy"


def as_module_gets(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Raises TypeError for what has no place in JSON."""
    if _IS_TAGGED:
        return _through(arguments, Direction.CONTROLLER_TO_MODULE)
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    decoded: dict[str, Any] = json.loads(json.dumps(arguments, cls=AnsibleJSONEncoder, vault_to_text=True))
    return decoded


def as_controller_gets(result: Mapping[str, Any]) -> dict[str, Any]:
    """Raises TypeError likewise."""
    if _IS_TAGGED:
        return _through(result, Direction.MODULE_TO_CONTROLLER)
    from ansible.module_utils.common.text.converters import jsonify

    decoded: dict[str, Any] = json.loads(jsonify(result))
    return decoded


def _through(value: Mapping[str, Any], direction: Any) -> dict[str, Any]:
    text = json.dumps(value, cls=get_module_encoder(_PROFILE, direction))
    decoded: dict[str, Any] = json.loads(text, cls=get_module_decoder(_PROFILE, direction))
    return decoded
