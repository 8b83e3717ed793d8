# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the client dt of PyPI makes of a sandbox, as JSON. Runs with the interpreter that has it: URL TOKEN PACKAGE."""

import json
import sys

from dynatrace import Dynatrace
from dynatrace.environment_v2.settings import SettingsObjectCreate, SettingsObjectUpdate

url, token, package = sys.argv[1:]
client = Dynatrace(url, token)
settings, jobs = client.settings, client.activegates_autoupdate_jobs
found = {}

found["schemas"] = [one.schema_id for one in settings.list_schemas()]
value = {"name": "by dt", "enabled": True, "tags": ["a"]}
create = SettingsObjectCreate("builtin:sandbox.tag-rule", value, "environment", external_id="by-dt")
found["validated"] = settings.create_object(validate_only=True, body=create)
found["created"] = settings.create_object(body=create)
object_id = found["created"][0]["objectId"]
one = settings.get_object(object_id)
found["read"] = [one.object_id, one.value, one.external_id, one.scope, one.created.isoformat()]
update = SettingsObjectUpdate({**value, "name": "by dt again"}, update_token=one.update_token)
found["updated"] = settings.update_object(object_id, update).json()
found["paged"] = [one.value["name"] for one in settings.list_objects("builtin:sandbox.tag-rule", page_size=1)]
found["deleted"] = settings.delete_object(object_id).status_code

gates = list(client.activegates.list())
found["activegates"] = [one.id for one in gates]
found["activegate"] = client.activegates.get(gates[1].id).version
found["all jobs"] = {one.activegate_id: len(one.update_jobs) for one in jobs.list(time_from="now-31d")}
history = jobs.get(gates[0].id, time_from="now-31d").update_jobs
found["job"] = jobs.get_job(gates[0].id, history[0].job_id).job_state
found["validator"] = jobs.validate(gates[0].id, "latest").status_code

extensions = client.extensions_v2
found["only validated"] = extensions.post(package, validate_only=True).extension_name
found["uploaded"] = extensions.post(package).extension_name
found["extensions"] = [[one.extension_name, one.version] for one in extensions.list()]
found["versions"] = [one.version for one in extensions.list_versions(found["uploaded"])]
print(json.dumps(found))
