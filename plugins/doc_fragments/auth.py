# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The options that all modules and plugins share: which environment, which token, how to send.

``PLUGIN`` says the same for plugins, which have other ways to name variables; a test compares the two.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  environment_url:
    description:
      - Address of the Dynatrace environment.
      - SaaS is V(https://abc12345.live.dynatrace.com), Managed is V(https://HOST/e/ENVIRONMENT-ID), an ActiveGate is
        V(https://HOST:9999/e/ENVIRONMENT-ID). A trailing V(/) or V(/api/v2) is ignored.
      - With an API token V(.apps.) in the host name becomes V(.live.), with a platform token or OAuth V(.live.) becomes V(.apps.).
      - Plain V(http://) is refused, except for the local machine, because the token would be sent unencrypted.
      - Defaults to the environment variable E(DYNATRACE_ENV_URL) or E(DT_ENV_URL). One of them is required.
    type: str
  api_token:
    description:
      - Access token of the environment, for the classic API.
      - Give exactly one of O(api_token), O(platform_token), and O(oauth_client_id) with O(oauth_client_secret). Any of them given to the
        task or by C(module_defaults) makes all environment variables for them ineffective.
      - Defaults to the environment variable E(DYNATRACE_API_TOKEN) or E(DT_API_TOKEN).
    type: str
  platform_token:
    description:
      - Platform token of a SaaS environment.
      - Defaults to the environment variable E(DYNATRACE_PLATFORM_TOKEN) or E(DT_PLATFORM_TOKEN).
    type: str
  oauth_client_id:
    description:
      - Id of an OAuth client of a SaaS account. Its tokens live for five minutes and are renewed as needed; they are kept in memory only.
      - Defaults to the environment variable E(DYNATRACE_CLIENT_ID) or E(DT_CLIENT_ID).
    type: str
  oauth_client_secret:
    description:
      - Secret of the OAuth client.
      - Defaults to the environment variable E(DYNATRACE_CLIENT_SECRET) or E(DT_CLIENT_SECRET).
    type: str
  oauth_token_url:
    description:
      - Where OAuth tokens are issued. If unset, it is the token service of Dynatrace.
      - Defaults to the environment variable E(DYNATRACE_TOKEN_URL) or E(DT_TOKEN_URL).
    type: str
  oauth_scopes:
    description:
      - Scopes to ask for. If unset, the module asks for those that it needs, which its notes name.
    type: list
    elements: str
  oauth_resource:
    description:
      - The account, such as V(urn:dtaccount:11111111-2222-3333-4444-555555555555).
      - Defaults to the environment variable E(DYNATRACE_ACCOUNT_URN).
    type: str
  validate_certs:
    description:
      - Whether the server's certificate is checked. Disable this only in a network that you trust.
      - The environment variable E(DYNATRACE_VALIDATE_CERTS) is used where the option is not given.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust, instead of the usual ones.
      - Defaults to the environment variable E(DYNATRACE_CA_PATH).
    type: path
  client_cert:
    description:
      - File with a client certificate in PEM format, which may hold its key as well.
      - Defaults to the environment variable E(DYNATRACE_CLIENT_CERT).
    type: path
  client_key:
    description:
      - File with the key of O(client_cert).
      - Defaults to the environment variable E(DYNATRACE_CLIENT_KEY).
    type: path
  timeout:
    description:
      - Seconds to wait for a connection, and between two parts of an answer.
      - A request with all its tries, waits and the last byte of its answer never takes more than
        C((retries + 1) * (timeout + retry_max_delay)) seconds.
      - The environment variable E(DYNATRACE_TIMEOUT) is used where the option is not given.
    type: float
    default: 60
  retries:
    description:
      - How often a request is sent again after a temporary failure (429, 503, connection problems).
      - A request that writes is not simply sent again when its answer was lost; what is there is read first.
      - The environment variable E(DYNATRACE_RETRIES) is used where the option is not given.
    type: int
    default: 5
  retry_max_delay:
    description:
      - Seconds to wait at most between two tries, whatever the server asks for.
      - The environment variable E(DYNATRACE_RETRY_MAX_DELAY) is used where the option is not given.
    type: float
    default: 60
requirements:
  - requests
notes:
  - Modules for an API usually run on the controller, with C(connection=local) or C(delegate_to=localhost), inside Ansible's own process,
    see R(where a module runs, ansible_collections.community.dynatrace.docsite.guide_inside).
  - Environment variables and files are those of the machine where the module runs.
  - Proxies come from the usual environment variables E(HTTPS_PROXY) and E(NO_PROXY).
"""

    # Numbers and booleans name their variables in the text: Ansible itself would take an empty one for a value.
    PLUGIN = r"""
options:
  environment_url:
    description:
      - Address of the Dynatrace environment.
      - SaaS is V(https://abc12345.live.dynatrace.com), Managed is V(https://HOST/e/ENVIRONMENT-ID), an ActiveGate is
        V(https://HOST:9999/e/ENVIRONMENT-ID). A trailing V(/) or V(/api/v2) is ignored.
      - With an API token V(.apps.) in the host name becomes V(.live.), with a platform token or OAuth V(.live.) becomes V(.apps.).
      - Plain V(http://) is refused, except for the local machine, because the token would be sent unencrypted.
      - Required, here or as a variable.
    type: str
    env:
      - name: DYNATRACE_ENV_URL
      - name: DT_ENV_URL
  api_token:
    description:
      - Access token of the environment, for the classic API.
      - Give exactly one of O(api_token), O(platform_token), and O(oauth_client_id) with O(oauth_client_secret). Any of them given in the
        file makes all environment variables for them ineffective.
    type: str
    env:
      - name: DYNATRACE_API_TOKEN
      - name: DT_API_TOKEN
  platform_token:
    description:
      - Platform token of a SaaS environment.
    type: str
    env:
      - name: DYNATRACE_PLATFORM_TOKEN
      - name: DT_PLATFORM_TOKEN
  oauth_client_id:
    description:
      - Id of an OAuth client of a SaaS account. Its tokens live for five minutes and are renewed as needed; they are kept in memory only.
    type: str
    env:
      - name: DYNATRACE_CLIENT_ID
      - name: DT_CLIENT_ID
  oauth_client_secret:
    description:
      - Secret of the OAuth client.
    type: str
    env:
      - name: DYNATRACE_CLIENT_SECRET
      - name: DT_CLIENT_SECRET
  oauth_token_url:
    description:
      - Where OAuth tokens are issued. If unset, it is the token service of Dynatrace.
    type: str
    env:
      - name: DYNATRACE_TOKEN_URL
      - name: DT_TOKEN_URL
  oauth_scopes:
    description:
      - Scopes to ask for. If unset, the plugin asks for those that it needs, which its notes name.
    type: list
    elements: str
  oauth_resource:
    description:
      - The account, such as V(urn:dtaccount:11111111-2222-3333-4444-555555555555).
    type: str
    env:
      - name: DYNATRACE_ACCOUNT_URN
  validate_certs:
    description:
      - Whether the server's certificate is checked. Disable this only in a network that you trust.
      - The environment variable E(DYNATRACE_VALIDATE_CERTS) is used where the option is not given.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust, instead of the usual ones.
    type: path
    env:
      - name: DYNATRACE_CA_PATH
  client_cert:
    description:
      - File with a client certificate in PEM format, which may hold its key as well.
    type: path
    env:
      - name: DYNATRACE_CLIENT_CERT
  client_key:
    description:
      - File with the key of O(client_cert).
    type: path
    env:
      - name: DYNATRACE_CLIENT_KEY
  timeout:
    description:
      - Seconds to wait for a connection, and between two parts of an answer.
      - A request with all its tries, waits and the last byte of its answer never takes more than
        C((retries + 1) * (timeout + retry_max_delay)) seconds.
      - The environment variable E(DYNATRACE_TIMEOUT) is used where the option is not given.
    type: float
    default: 60
  retries:
    description:
      - How often a request is sent again after a temporary failure (429, 503, connection problems).
      - The environment variable E(DYNATRACE_RETRIES) is used where the option is not given.
    type: int
    default: 5
  retry_max_delay:
    description:
      - Seconds to wait at most between two tries, whatever the server asks for.
      - The environment variable E(DYNATRACE_RETRY_MAX_DELAY) is used where the option is not given.
    type: float
    default: 60
requirements:
  - requests
notes:
  - The connection options and filters may be templates, for example of lookups or of variables given with C(--extra-vars).
  - If an option has several environment variables, the first one that is set is used. An empty one is treated as unset.
  - C(module_defaults) do not reach plugins. The environment variables are the same for modules and plugins.
  - Proxies come from the usual environment variables E(HTTPS_PROXY) and E(NO_PROXY).
"""
