#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_certificate_info
short_description: Read the root certificates of extensions in Dynatrace's credential vault, and when they expire
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Lists the public certificates with the scope C(EXTENSION) in the credential vault of an environment, the one that expires first at
    the top.
  - The vault never gives a certificate back, so the end of the validity is known only for what M(community.dynatrace.extension_certificate)
    has put there, which writes it into the description. The others come last.
options:
  expires_within:
    description:
      - Lists only certificates that have expired or will expire within this number of days. Those whose expiry is not known are left out
        then.
    type: int
notes:
  - Needs the scope C(credentialVault.read) (API token) or C(environment-api:credentials:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.extension_certificate
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: List the root certificates
  community.dynatrace.extension_certificate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
  register: vault

- name: Find those that need a successor
  community.dynatrace.extension_certificate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    expires_within: 60
  register: expiring
  failed_when: expiring.certificates | length > 0
"""

RETURN = r"""
certificates:
  description: The certificates, the one that expires first at the top.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the entry in the vault.
      type: str
      sample: CREDENTIALS_VAULT-C43F2C2E6395AD23
    name:
      description: Name of the entry.
      type: str
      sample: Database team 2027
    description:
      description: Description of the entry.
      type: str
      sample: "[sha256:7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069 expires:2036-11-20T09:30:00Z]"
    fingerprint:
      description: SHA-256 of the certificate, or null where neither name nor description holds it.
      type: str
      sample: 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069
    not_after:
      description: End of its validity, or null where that is not known.
      type: str
      sample: "2036-11-20T09:30:00Z"
    days_left:
      description: Whole days until then, negative when it has expired, or null where that is not known.
      type: int
      sample: 3650
    expired:
      description: Whether it has expired, or null where that is not known.
      type: bool
      sample: false
    owner:
      description: User whose token has made the entry.
      type: str
      sample: john.doe@example.com
    owner_access_only:
      description: Whether only the owner may use it.
      type: bool
      sample: false
    scopes:
      description: What the entry may be used for.
      type: list
      elements: str
      sample: [EXTENSION]
  sample:
    - id: CREDENTIALS_VAULT-C43F2C2E6395AD23
      name: Database team 2027
      description: "[sha256:7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069 expires:2036-11-20T09:30:00Z]"
      fingerprint: 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069
      not_after: "2036-11-20T09:30:00Z"
      days_left: 3650
      expired: false
      owner: john.doe@example.com
      owner_access_only: false
      scopes: [EXTENSION]
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: credentialVault.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/credentials
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault.info import read
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    read,
    {"expires_within": {"type": "int"}},
    scopes=["environment-api:credentials:read"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
