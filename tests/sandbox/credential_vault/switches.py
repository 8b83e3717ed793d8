# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside knows of the real credential vault, as variants."""

from __future__ import annotations

from ..variants import Variant

VARIANTS = {
    "credential_names": Variant("whether two entries may have the same name", ("free", "unique")),
    "credential_unknown": Variant("status for an id that is not there", (404, 400)),
    "credential_put_unknown": Variant(
        "PUT of an id that is not there: refused, or made with this id", ("refused", "made")
    ),
    "credential_scope_fields": Variant("how an entry's scopes are shown", ("both", "scope", "scopes")),
    "credential_list_lag": Variant("a new entry is listed only by the second list after it was made", (False, True)),
}
