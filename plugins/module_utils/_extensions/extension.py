# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module extension does, from its options to its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    OvertakenError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import extension_plan as environment_plan
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import hub, removal
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.extension_plan import (
    HUB,
    LATEST,
    Found,
    Plan,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Looks, Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.ready import Ready
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.record import Record, explain
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.removal import Gone
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.store import send_activation
from ansible_collections.community.dynatrace.plugins.module_utils._packages import manifest
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, Result, Task


def extension(task: Task) -> Result:
    """A version of an extension is the active one, or none is, or nothing of the extension is there."""
    _check(task)
    if task.step.is_resumed:
        kept = task.step.context
        return _waited(task, Result(**kept["result"]), kept["done"], Patience(task.params["wait_timeout"]))
    return _present(task) if task.params["state"] == "present" and task.params["active"] else _off(task)


def _check(task: Task) -> None:
    given = task.params
    if given["wait_timeout"] < 0:
        raise InputError("wait_timeout must not be negative")
    try:
        manifest.checked_name(given["name"] or "")
        if given["version"] not in (None, LATEST):
            manifest.checked_version(given["version"])
    except InputError as error:
        raise InputError(f"what is asked for {error.msg}; quote versions, because YAML reads 1.10 as 1.1") from None
    if given["state"] == "absent" and given["version"] not in (None, LATEST):
        raise InputError(
            f"state absent is about all versions: leave out version, or use extension_upload to delete {given['version']} alone"
        )
    if not given["active"] and given["version"] is not None:
        raise InputError("with active=false no version is active, whichever it is: leave out version")


def _present(task: Task) -> Result:
    client, name, source = task.client, task.params["name"], task.params["source"]
    version = task.params["version"] or LATEST
    patience = Patience(task.params["wait_timeout"])
    record: Record[Plan] = Record()
    found = Found(None)

    def gather() -> Found:
        nonlocal found
        found = _gather_present(task, name, version, source)
        return found

    def plan(known: Found) -> Plan:
        return environment_plan.present(name, version, source, known)

    def apply(planned: Plan) -> None:
        wanted = str(planned.version)
        if planned.installs and hub.install(client, name, wanted, patience):
            record.did(planned, f"{name} {wanted} was installed from the Hub")
            # The installation may have activated it; nobody says that it does not.
            planned = environment_plan.present(
                name, wanted, source, Found(stored.active_version(client, name), [wanted])
            )
        elif planned.installs:
            planned = plan(gather())
        if planned.activation is None:
            return
        with record.step(planned, f"{name} {wanted} was activated"):
            send_activation(client, name, wanted, planned.activation)

    if task.check_mode:
        planned = plan(gather())
    else:
        planned = _carried_out(task, record, gather, plan, apply)
    wanted = str(planned.version)
    unknown = planned.installs and not found.hub_was_asked
    validated = NONE if planned.action == "none" or unknown else LOCAL
    result = _result(name, wanted, planned, validated)
    return result if task.check_mode else _waited(task, result, record.done, patience)


def _gather_present(task: Task, name: str, version: str, source: str) -> Found:
    """As little as is needed. What the Hub has of a version that was named comes out when it is asked to install it; check mode
    cannot ask that way, so it looks into the catalogue.
    """
    active = stored.active_version(task.client, name)
    if version not in (LATEST, active):
        versions = stored.versions(task.client, name)
        if source != HUB or version in versions or not task.check_mode:
            return Found(active, versions)
        try:
            offer = hub.offer(task.client, name)
        except ApiError as error:
            if error.status not in (403, 503):
                raise
            task.warn(f"whether the Hub has {name} {version} is not known: {error.msg}")
            return Found(active, versions)
        if offer is None and task.client.is_platform:
            # Nobody says that the catalogue can be reached with such a token.
            task.warn(f"whether the Hub has {name} {version} is not known: its catalogue was not found")
            return Found(active, versions)
        return Found(active, versions, offer, hub_was_asked=True)
    if version == active:
        return Found(active)
    versions = stored.versions(task.client, name)
    if source == HUB:
        return Found(active, versions, hub.offer(task.client, name), hub_was_asked=True)
    return Found(active, versions)


def _off(task: Task) -> Result:
    """Nothing of it is active; with state absent nothing is stored either."""
    client, name = task.client, task.params["name"]
    patience = Patience(task.params["wait_timeout"])
    record: Record[Plan] = Record()

    def plan(known: Found) -> Plan:
        off = environment_plan.absent if task.params["state"] == "absent" else environment_plan.inactive
        return off(name, task.params["remove_configurations"], known)

    def apply(planned: Plan) -> None:
        for object_id in planned.configurations:
            with record.step(planned, f"the monitoring configuration {object_id} was deleted"):
                removal.remove_configuration(client, name, object_id)
        if planned.deactivates:
            with record.step(planned, f"{name} was deactivated"):
                removal.deactivate(client, name)
            removal.wait_until_inactive(client, name, patience)

        def did(version: str) -> None:
            record.did(planned, f"{version} was deleted")

        try:
            removal.send_removals(client, name, planned.versions, patience, did)
        except ApiError as error:
            # Somebody else may have activated or configured it just now.
            if error.status == 400:
                raise OvertakenError(error) from None
            raise

    if task.check_mode:
        planned = plan(_gather_off(task, name))
    else:
        planned = _carried_out(task, record, lambda: _gather_off(task, name), plan, apply)
    result = _result(name, None, planned, NONE if planned.action == "none" else LOCAL)
    return _waited(task, result, record.done, patience) if record else result


def _gather_off(task: Task, name: str) -> Found:
    versions = stored.versions(task.client, name) if task.params["state"] == "absent" else None
    active = stored.active_version(task.client, name)
    if not versions and active is None:
        return Found(None, versions)
    return Found(active, versions, configurations=stored.configurations(task.client, name))


def _carried_out(
    task: Task,
    record: Record[Plan],
    gather: Callable[[], Found],
    plan: Callable[[Found], Plan],
    apply: Callable[[Plan], None],
) -> Plan:
    """What was done in all; an error says what was done before it."""
    try:
        planned, dummy = reconcile(task.client, gather, plan, apply)
    except CollectionError as error:
        record.explain(error, {"action": "delete" if task.params["state"] == "absent" else "update"})
        raise
    if planned.action != "none" and not record:
        return plan(gather())  # somebody else has done all of it meanwhile
    return record.told(planned)


def _waited(task: Task, result: Result, done: Sequence[str], patience: Patience) -> Result:
    """``result`` as soon as the server is done, if that is to be waited for. ``done``: what was done for it."""
    name, version = task.params["name"], result.things["extension"]["version"]
    versions = result.before.get("versions") or ()
    if not task.params["wait"] or not (version or versions):
        return result
    wait: Looks = (
        Ready(task.client, name, version, patience) if version else Gone(task.client, name, versions, patience)
    )
    try:
        wait.until_end(task.step, {"result": asdict(result), "done": done})
    except CollectionError as error:
        shown = ("extension", "previous_version") if version else ()
        explain(error, done, {"action": result.action, **{key: result.things[key] for key in shown}})
        raise
    return result


def _result(name: str, version: str | None, planned: Plan, validated: str) -> Result:
    return Result(
        {
            "extension": {"name": name, "version": version, "active": version is not None},
            "previous_version": planned.before.get("active_version"),
            "reason": planned.reason,
        },
        action=planned.action,
        before=planned.before,
        after=planned.after,
        title=f"extension {name}",
        validated=validated,
    )
