#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_certificate
short_description: Keep the root certificates of extensions in Dynatrace's credential vault
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Puts the root certificate that a team signs its extensions with into the credential vault of an environment, as a public certificate
    with the scope C(EXTENSION). An upload is refused as long as it is not there.
  - The vault never gives a certificate back. The module keeps its SHA-256 fingerprint and the end of its validity in the description,
    as C([sha256:... expires:...]), and finds it again by them. An entry made by hand is found when its name or description holds the
    fingerprint, as C(openssl x509 -fingerprint -sha256) prints it.
  - A new certificate is added beside the old one, which is never replaced, since the versions signed with it would no longer be valid. The
    old one is removed only with O(state=absent).
options:
  path:
    description:
      - PEM file with the root certificate (such as C(ca.pem) of V(dt extension genca)), on the machine where the module runs.
      - It must be a certificate authority's and must not have expired. A private key in the file is an error, and is never sent.
      - Exactly one of O(path), O(content) and O(fingerprint) is needed.
    type: path
  content:
    description:
      - The root certificate itself, as a PEM text.
    type: str
  fingerprint:
    description:
      - SHA-256 fingerprint of the certificate, 64 hexadecimal digits, with or without colons. Enough with O(state=absent), and only there.
    type: str
  name:
    description:
      - Name of the entry in the vault. It identifies nothing; two certificates may have the same name.
      - If unset, a new entry gets the certificate's common name and the beginning of its fingerprint, and an existing one keeps its name.
    type: str
  description:
    description:
      - Description of the entry, in front of what the module keeps there. If unset, an existing entry keeps its description.
    type: str
  state:
    description:
      - V(present) means that the certificate is in the vault, once.
      - V(absent) means that it is not. The environment takes no version signed with it any more. Whether it still has some, the module
        cannot see.
    type: str
    choices:
      - present
      - absent
    default: present
requirements:
  - cryptography, for O(path) and O(content)
notes:
  - Needs the scopes C(credentialVault.read) and C(credentialVault.write) (API token), or C(environment-api:credentials:read) and
    C(environment-api:credentials:write) (platform token and OAuth).
  - An unchanged run sends one request (one more for each further 500 entries in the vault).
  - The vault offers no validation. In check mode RV(validated) is V(local).
  - Extensions that run on hosts or ActiveGates need the certificate there as well, which this module does not do.
seealso:
  - module: community.dynatrace.extension_certificate_info
  - module: community.dynatrace.extension_upload
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Let the environment accept what the team signs
  community.dynatrace.extension_certificate:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/files/ca.pem"
    description: Extensions of the database team

- name: Add the next certificate beside it, from a variable
  community.dynatrace.extension_certificate:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    content: "{{ database_team_ca }}"
    name: Database team 2027

- name: Remove the old one when no version signed with it is left
  community.dynatrace.extension_certificate:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    fingerprint: 7F:83:B1:65:7F:F1:FC:53:B9:2D:C1:81:48:A1:D6:5D:FC:2D:4B:1F:A3:D6:77:28:4A:DD:D2:00:12:6D:90:69
    state: absent
"""

RETURN = r"""
certificate:
  description: The entry in the vault, as it is afterwards; in check mode as it would be; for V(absent) as it was.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the entry, or null when there is none (yet).
      type: str
      sample: CREDENTIALS_VAULT-C43F2C2E6395AD23
    name:
      description: Name of the entry, or null when there is none.
      type: str
      sample: Database team 2027
    description:
      description: Description of the entry, or null when there is none.
      type: str
      sample: "[sha256:7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069 expires:2036-11-20T09:30:00Z]"
    scopes:
      description: What the entry may be used for.
      type: list
      elements: str
      sample: [EXTENSION]
    fingerprint:
      description: SHA-256 of the certificate.
      type: str
      sample: 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069
    not_after:
      description: End of the certificate's validity, or null where that is not known.
      type: str
      sample: "2036-11-20T09:30:00Z"
  sample:
    id: CREDENTIALS_VAULT-C43F2C2E6395AD23
    name: Database team 2027
    description: "[sha256:7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069 expires:2036-11-20T09:30:00Z]"
    scopes: [EXTENSION]
    fingerprint: 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069
    not_after: "2036-11-20T09:30:00Z"
action:
  description: What was done, or would be done. V(create), V(update) (of name or description), V(delete) or V(none).
  returned: success, and on failure when something was done before
  type: str
  sample: create
reason:
  description: What was found in the vault, and so why this was done.
  returned: success
  type: str
  sample: no entry has the fingerprint 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069
validated:
  description: Who has checked what would be sent. V(local) (only this module), or V(none) (nothing would be sent).
  returned: in check mode
  type: str
  sample: local
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: credentialVault.write"
    constraint_violations: []
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/credentials
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._credential_vault.certificate import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    ensure,
    {
        "path": {"type": "path"},
        "content": {"type": "str"},
        "fingerprint": {"type": "str"},
        "name": {"type": "str"},
        "description": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    scopes=["environment-api:credentials:read", "environment-api:credentials:write"],
    withheld=["content"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
