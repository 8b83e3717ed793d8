# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside knows of the real server's extensions (API facts, 2 and 7), as variants."""

from __future__ import annotations

from ..variants import Variant

VARIANTS = {
    "extension_roots": Variant(
        "who may have issued a developer certificate: anybody (for tests), or a root in the credential vault (as it is)",
        ("any", "vault"),
    ),
    "file_hash": Variant(
        "what fileHash covers; other is something that a client cannot know", ("bundle", "inner", "other")
    ),
    "extension_reupload": Variant("a version that is there is uploaded again", (400, 409, "overwrite")),
    "extension_oversize": Variant("status for a package above 25 MB", (400, 413)),
    "extension_content_type": Variant("status for an upload with another content type", (400, 415)),
    "extension_upload_forms": Variant("which forms of the upload are taken", ("both", "octet-stream", "multipart")),
    "extension_validate_only": Variant(
        "validateOnly looks at what is stored too, or at the package's content alone", ("all", "content")
    ),
    "extension_busy_seconds": Variant("how long a deletion takes, in simulated seconds", (0,), free=True),
    "extension_busy": Variant(
        "an upload while a deletion runs: refused with 409, or the deleted version still counts for the limit",
        ("conflict", "counts"),
    ),
    "extension_deleting_visible": Variant("a version is still listed while its deletion runs", (False, True)),
    "extension_delete_configured": Variant(
        "deletion of a version that a monitoring configuration uses", ("refused", "allowed")
    ),
    "extension_deactivate_configured": Variant(
        "deactivation of an extension that has monitoring configurations", ("allowed", "refused")
    ),
    "extension_list_version": Variant(
        "which versions of an extension the list of all extensions has", ("newest", "active", "each")
    ),
    "extension_activation_seconds": Variant(
        "how long environmentConfiguration shows the old state after a change", (0,), free=True
    ),
    "extension_activate_other": Variant(
        "POST to the classic environmentConfiguration while another version is active", ("switches", "refused")
    ),
    "extension_activate_older": Variant(
        "status for the activation of an older version below a configuration that names a newer one", (400, 409)
    ),
    "extension_activate_older_words": Variant(
        "what it says", ("Extension {name} has monitoring configurations of version {newest}",), free=True
    ),
    "extension_scopes_refused": Variant(
        "classes of scopes that configurations may not have, such as tenant for the environment", ([],), free=True
    ),
    "platform_page_key": Variant(
        "the platform's parameter for the next page; alone: it refuses any other beside it",
        ("both", "page-key", "next-page-key", "page-key alone"),
    ),
    "platform_status_timestamp": Variant(
        "what the platform's text for the time of a status is", ("milliseconds", "date")
    ),
    "hub_install_activates": Variant("an installation from the Hub activates the version", (True, False)),
    "hub_install_again": Variant(
        "installation of a version that is there: the answer's version is empty if it is active, or named, or refused (older servers)",
        ("empty", "named", "refused"),
    ),
    "extension_install_seconds": Variant("how long an installation from the Hub takes", (0,), free=True),
    "hub_install_beside": Variant(
        "installation of a Hub extension of which another version is there: POST /extensions/{name}, or refused but for the "
        "Hub's own action update",
        ("allowed", "refused"),
    ),
    "extension_assets_words": Variant(
        "the status of the assets while they are imported, and then",
        ("PENDING OK", "IN_PROGRESS SUCCESS", "IMPORTING IMPORTED"),
    ),
    "extension_assets_errors": Variant("errors of the import of assets", ([],), free=True),
    "extension_schema_shown": Variant(
        "which reads answer 404 while the configuration schema is missing: the version's schema, the list of configurations, none",
        ("schema", "configurations", "nowhere"),
    ),
    "extension_assets_seconds": Variant("how long assets are imported after activation", (0,), free=True),
    "extension_schema_seconds": Variant(
        "how long after the first activation the configuration schema is missing", (0,), free=True
    ),
    "extension_status_seconds": Variant("how long a monitoring configuration's status is PENDING", (0,), free=True),
    "extension_status_of_update": Variant(
        "what is told of a changed configuration until then: PENDING, or the status of before", ("PENDING", "before")
    ),
    "extension_status_timestamp": Variant(
        "whether a status that is reported again, and is the same, has a new timestamp", ("renewed", "kept")
    ),
    "extension_statuses": Variant("the statuses of all configurations of an extension at once", ("known", "missing")),
    "extension_configuration_id": Variant("what a configuration's id is", ("uuid", "settings")),
    "extension_configuration_filter": Variant("the filter by version in the list", ("applied", "ignored")),
    "extension_schema_names_version": Variant(
        "whether the schema of configurations has the property version", (True, False)
    ),
    "extension_status": Variant(
        "the status of enabled monitoring configurations then", ("OK", "WARNING", "ERROR", "UNKNOWN")
    ),
}
