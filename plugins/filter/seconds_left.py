# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: seconds_left
short_description: Seconds until a window of time ends
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Says for how long work is still allowed, V(0) when it is not.
positional: _input
options:
  _input:
    description:
      - Windows in which it is allowed, such as V(22:00-05:00), V(sat,sun 22:00-05:00) or V(mon-fri 01:30-04:00).
      - One window may be a text instead of a list.
      - The days are those on which a window begins. One whose end is not after its begin ends on the next day.
    type: list
    elements: str
    required: true
  now:
    description: The time, in seconds since the epoch. If unset, it is the time of the controller.
    type: float
  time_zone:
    description: Time zone of the windows, such as V(Europe/Vienna).
    type: str
    default: UTC
"""

EXAMPLES = r"""
- name: Go on only at night
  ansible.builtin.assert:
    that: (['22:00-05:00'] | community.dynatrace.seconds_left(time_zone='Europe/Vienna')) > 3600
"""

RETURN = r"""
_value:
  description: Seconds until the last of the open windows ends.
  type: float
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError


def left(windows: str | list[str], now: float | None = None, time_zone: str = "UTC") -> float:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._window import seconds_left

    moment = datetime.now(timezone.utc) if now is None else datetime.fromtimestamp(now, timezone.utc)
    try:
        return seconds_left(map(str, windows if isinstance(windows, list) else [windows]), moment, time_zone)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"seconds_left": left}
