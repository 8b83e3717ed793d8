#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_upload
short_description: Upload, activate or delete a version of a Dynatrace extension
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Uploads a signed Extensions 2.0 package to a Dynatrace environment, and activates its version if asked to.
  - Nothing is sent when the version is there with the same content. The content counts, not the file; a package that was built again, with
    other time stamps or another signature, is the same as long as the files in it are.
  - The package is checked before anything is sent.
options:
  path:
    description:
      - Signed package, as V(dt extension sign) makes it, with C(extension.zip) and C(extension.zip.sig) in it.
      - It is read on the machine where the module runs. At most 25 MB.
      - Required with O(state=present). With O(state=absent) it may be given instead of O(name) and O(version).
    type: path
  state:
    description:
      - V(present) means that the version is stored in the environment with the content of the package.
      - V(absent) means that the version is not stored. While it is active or used by a monitoring configuration, this is an error.
    type: str
    choices:
      - present
      - absent
    default: present
  name:
    description:
      - Name of the extension, such as V(custom:my.extension). With O(path) it is read from the package, and one that differs is an error.
    type: str
  version:
    description:
      - Version of the extension, three numbers in quotes, such as V("1.0.0"). With O(path) it is read from the package, and one that
        differs is an error.
    type: str
  activate:
    description:
      - Whether the version is to be the active one. Another active version is switched off by that.
      - V(false) leaves alone what is active.
    type: bool
    default: false
  on_mismatch:
    description:
      - What to do when the version is there with other content.
      - V(fail) is an error that names the files that differ.
      - V(warn) leaves it as it is, sends nothing and prints a warning.
      - V(replace) deletes the stored version and uploads the package. It is refused while the version is active or used by a monitoring
        configuration. Before the deletion, a copy of the stored package is saved on disk, see O(keep_in). If the upload fails, the copy is
        uploaded, and the failed task is not changed, since the environment has what it had before. The copy is removed as soon as the
        environment has the version again. Until then, a failed task names it in RV(kept_package).
    type: str
    choices:
      - fail
      - warn
      - replace
    default: fail
  keep_versions:
    description:
      - How many versions of the extension are to be stored, from 1 to 10, which is the most that Dynatrace stores. The oldest others are
        deleted. Left out, nothing is ever deleted.
      - The version of the package, the active version and those that monitoring configurations use are counted, but never deleted, so
        that there may be more versions than this.
      - Before the upload only as many are deleted as it takes to have room for it, and only when the server has found nothing wrong with
        the package. All others are deleted after the upload and the activation have succeeded.
      - Ignored with O(state=absent), which deletes the one version alone.
    type: int
  keep_in:
    description:
      - Folder for the copy of the stored package that O(on_mismatch=replace) makes, on the machine where the module runs.
      - By default it is the folder of the package. If the module cannot write there, it is the temporary folder.
      - Set it to a folder that outlives the task where the module runs in a container, as in AWX.
      - The copy belongs to the user that runs the module, and nobody else can read it. Its name holds the extension, the version and
        C(kept-by-extension_upload). If a task is killed while it replaces a version, the next task for the same version finds the copy
        and names it in a warning.
    type: path
  verify_signature:
    description:
      - Root certificates in PEM format, each as a path on the machine where the module runs, or as a text. The package must be signed with
        a certificate that one of them has issued and that is valid now. Else it is an error, and nothing is sent.
      - Those that the machine trusts do not count. If unset, the server alone looks at the signature.
      - Only with O(state=present). Needs the Python library cryptography and the program C(openssl).
    type: list
    elements: str
  wait_timeout:
    description:
      - Seconds to go on trying while the server is not ready for an upload (it answers 409 then), an answer was lost, or a deletion is
        not finished yet. V(0) tries once.
    type: float
    default: 300
requirements:
  - cryptography and openssl, for O(verify_signature)
notes:
  - With an API token it needs the scopes C(extensions.read) and C(extensions.write); to delete or replace a stored version, with
    O(keep_versions) too, C(extensionConfigurations.read), to see whether monitoring configurations use it.
  - With a platform token or OAuth it uses the platform's API for extensions, which needs the scopes C(extensions:definitions:read) and
    C(extensions:definitions:write), and for the same purpose C(extensions:configurations:read).
  - The root certificate that belongs to the package's signature must be in the credential vault of the environment, see
    M(community.dynatrace.extension_certificate).
  - An unchanged run sends two requests, or three where the server's hash does not tell whether the content is the same; one more with
    O(keep_versions).
  - In check mode the server validates the upload. Activation and deletion cannot be validated there; RV(validated) is V(local) then.
seealso:
  - module: community.dynatrace.extension_certificate
  - module: community.dynatrace.extension_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.progress
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Upload a package and activate its version
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/dist/custom_my.extension-1.2.0.zip"
    activate: true

- name: Ship a new version, and keep the two before it to go back to
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/dist/custom_my.extension-1.2.0.zip"
    activate: true
    keep_versions: 3

- name: Upload what a pipeline builds again and again under one version
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/dist/custom_my.extension-1.2.0.zip"
    on_mismatch: replace
    keep_in: /var/lib/dynatrace/packages
    wait_timeout: 600

- name: Upload a package only if the team has signed it
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/dist/custom_my.extension-1.2.0.zip"
    verify_signature:
      - "{{ playbook_dir }}/files/ca.pem"

- name: Delete an old version
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    version: "1.1.0"
    state: absent
"""

RETURN = r"""
extension:
  description:
    - The version that was asked for, as it is afterwards; in check mode as it would be.
  returned: success, and on failure when the upload was done before
  type: dict
  contains:
    name:
      description: Name of the extension.
      type: str
      sample: custom:my.extension
    version:
      description: Version of the extension.
      type: str
      sample: 1.2.0
    active:
      description: Whether this version is the active one.
      type: bool
      sample: true
    file_hash:
      description: SHA-256 that the server gives for the package, or null where it gave none.
      type: str
      sample: c6216b9b1ce837383cc84a825795a4708a0b4744dc71a76791527eefa754c3e4
  sample:
    name: custom:my.extension
    version: 1.2.0
    active: true
    file_hash: c6216b9b1ce837383cc84a825795a4708a0b4744dc71a76791527eefa754c3e4
package:
  description: What the package is.
  returned: with O(state=present), on failure as well once the package was read
  type: dict
  contains:
    name:
      description: Name of the extension.
      type: str
      sample: custom:my.extension
    version:
      description: Version of the extension.
      type: str
      sample: 1.2.0
    sha256:
      description: SHA-256 of the file.
      type: str
      sample: c6216b9b1ce837383cc84a825795a4708a0b4744dc71a76791527eefa754c3e4
  sample:
    name: custom:my.extension
    version: 1.2.0
    sha256: c6216b9b1ce837383cc84a825795a4708a0b4744dc71a76791527eefa754c3e4
previous_version:
  description: The version that was active before, or null.
  returned: with O(state=present), on failure as well once it was read
  type: str
  sample: 1.1.0
environment_id:
  description: Id of the environment, the same for all of its addresses.
  returned: with O(state=present), on failure as well once the package was read
  type: str
  sample: abc12345
action:
  description:
    - What was done, or would be done.
    - V(create) for an upload, V(update) for a replacement or for nothing but an activation or the deletion of old versions, V(delete), or
      V(none).
  returned: success, and on failure when something was done before
  type: str
  sample: create
reason:
  description: What was found in the environment, and so why this was done.
  returned: success
  type: str
  sample: custom:my.extension 1.2.0 is not stored
pruned_versions:
  description: The old versions that were deleted, or would be deleted, because of O(keep_versions).
  returned: success, and on failure when something was done before
  type: list
  elements: str
  sample:
    - 1.0.0
validated:
  description: Who has checked what would be sent. V(server), V(local) (only this module), or V(none) (nothing would be sent).
  returned: in check mode
  type: str
  sample: server
kept_package:
  description:
    - File with a copy of the package that was stored before, on the machine where the module ran. The copy remains if a replacement fails
      and the environment was not seen to have the version again.
    - To restore the version, upload the copy with O(path).
  returned: on failure, when there is one
  type: str
  sample: /var/lib/dynatrace/packages/custom_my.extension-1.2.0.kept-by-extension_upload-x1y2z3.zip
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 400
    code: 400
    message: Extension signature is not valid
    constraint_violations: []
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/extensions
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._connection import progress_option
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.upload import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    ensure,
    {
        "path": {"type": "path"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str"},
        "version": {"type": "str"},
        "activate": {"type": "bool", "default": False},
        "on_mismatch": {"type": "str", "choices": ["fail", "warn", "replace"], "default": "fail"},
        "keep_versions": {"type": "int"},
        "keep_in": {"type": "path"},
        "verify_signature": {"type": "list", "elements": "str"},
        "wait_timeout": {"type": "float", "default": 300},
        **progress_option(),
    },
    scopes=[
        "extensions:definitions:read",
        "extensions:definitions:write",
        "extensions:configurations:read",
    ],
    withheld=["verify_signature"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
