# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source by its queue, loaded and called as ansible-rulebook does it, on the sandbox."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import stat
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.community.dynatrace.plugins.doc_fragments.auth import ModuleDocFragment
from ansible_collections.community.dynatrace.plugins.module_utils._connection import common_options
from ansible_collections.community.dynatrace.plugins.module_utils._settings.history_feed import OPTIONS

from tests.support.sandbox import TOKEN, RunningSandbox

SOURCE = Path(__file__).resolve().parents[3] / "extensions" / "eda" / "plugins" / "event_source" / "settings_history.py"
HISTORY = "GET /v2/settings/history"
NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
HOST = "HOST-0123456789ABCDEF"
WATCHER = "dt0c01.WATCHER.SECRETSECRET"
SOON = 0.1
Act = Callable[[asyncio.Queue[Any]], Awaitable[Any]]


def drive(sandbox: RunningSandbox, act: Act, **args: Any) -> Any:
    """What ``act`` gives, which uses the queue of the running source. It has looked at the history once by then."""
    given = {
        "environment_url": sandbox.url,
        "api_token": WATCHER,
        "interval": SOON,
        "retries": 0,
        "retry_max_delay": 0.05,
        **args,
    }

    async def run(kept: Path) -> Any:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        before = _written_at(kept)
        source = asyncio.create_task(runpy.run_path(str(SOURCE))["main"](queue, {"state_file": str(kept), **given}))
        try:
            # It keeps how far it has come after each look.
            while _written_at(kept) == before and not source.done():
                await asyncio.sleep(0.01)
            acting = asyncio.create_task(act(queue))  # type: ignore[arg-type]
            await asyncio.wait([acting, source], return_when=asyncio.FIRST_COMPLETED, timeout=20)
            if source.done():
                acting.cancel()
                source.result()
            return acting.result()
        finally:
            source.cancel()
            await asyncio.gather(source, return_exceptions=True)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(args.get("state_file", f"{folder}/state.json"))))


def _written_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def ends_with(sandbox: RunningSandbox, **args: Any) -> str:
    """The error that the source ends with."""

    async def act(queue: asyncio.Queue[Any]) -> None:
        await asyncio.sleep(20)

    with pytest.raises(Exception, match=r".") as caught:
        drive(sandbox, act, **args)
    assert type(caught.value).__name__ == "SettingsHistoryError"
    return str(caught.value)


def write(sandbox: RunningSandbox, token: str = TOKEN, **args: Any) -> None:
    result = sandbox.run("settings_object", api_token=token, **args)
    assert not result.get("failed"), result["msg"]


async def written(sandbox: RunningSandbox, token: str = TOKEN, **args: Any) -> None:
    await asyncio.to_thread(write, sandbox, token, **args)


async def following(queue: asyncio.Queue[Any], count: int) -> list[Any]:
    """So many events, and no more in the time of some looks."""
    events = [await asyncio.wait_for(queue.get(), 10) for _number in range(count)]
    await asyncio.sleep(4 * SOON)
    assert queue.empty(), queue.get_nowait()
    return events


def test_the_life_of_an_object(sandbox: RunningSandbox) -> None:
    note = {"schema_id": NOTE, "external_id": "n"}
    write(sandbox, schema_id=NOTE, external_id="before", value={"text": "old"})

    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, **note, value={"text": "a"})
        await written(sandbox, **note, value={"text": "b"})
        await written(sandbox, **note, state="absent")
        await written(sandbox, schema_id=TAG, value={"name": "another schema"})
        return await following(queue, 3)

    created, updated, deleted = (event["change"] for event in drive(sandbox, act, schema_ids=[NOTE]))
    assert [change["type"] for change in (created, updated, deleted)] == ["CREATE", "UPDATE", "DELETE"]
    assert (updated["schema_id"], updated["scope"], updated["by"]) == (NOTE, "environment", "dt0c01.SANDBOX")
    assert (updated["before"]["text"], updated["after"]["text"], updated["properties"]) == ("a", "b", ["text"])
    assert (created["before"], deleted["after"]) == (None, None)
    assert json.loads(json.dumps(created)) == created
    assert sandbox.state.requests[-1]["query"]["filter"].startswith("modificationInfo.lastModifiedTime >= ")


def test_secrets_are_masked_also_where_the_server_shows_them(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = sandbox.state.settings._history
    monkeypatch.setattr(history, "_masked", lambda stored: stored and stored.value)
    value = {"name": "r", "url": "https://r.example.com", "token": "hush-SECRET-hush"}

    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, schema_id=REMOTE, value=value)
        return await following(queue, 1)

    (event,) = drive(sandbox, act)
    assert "hush" not in json.dumps(event)
    assert (event["change"]["after"]["name"], event["change"]["summary"]) == ("r", "r")
    assert "token" in event["change"]["properties"]


@pytest.mark.parametrize("takes", ["accept", "refuse"])
def test_schemas_and_scopes(sandbox: RunningSandbox, takes: str) -> None:
    """Where the server takes several schemas at once, each look is one request for each scope."""
    sandbox.variants(settings_history_several_schemas=takes)

    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, schema_id=NOTE, external_id="n", value={"text": "a"})
        await written(sandbox, schema_id="builtin:sandbox.host-monitoring", scope=HOST, value={"enabled": False})
        await written(sandbox, schema_id=TAG, value={"name": "t"})
        return await following(queue, 3)

    schema_ids = [NOTE, TAG, "builtin:sandbox.host-monitoring"]
    events = drive(sandbox, act, schema_ids=schema_ids, scopes=["environment", HOST])
    # The scopes are asked one after the other, so a look that has begun may see the second change before the first.
    assert sorted(event["change"]["scope"] for event in events) == sorted([HOST, "environment", "environment"])
    asked = [
        entry["query"]["schemaId"].count(",") for entry in sandbox.state.requests[-8:] if "filter" in entry["query"]
    ]
    assert set(asked) == ({2} if takes == "accept" else {0})


def test_own_changes_and_those_of_given_authors_start_nothing(sandbox: RunningSandbox) -> None:
    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, WATCHER, schema_id=NOTE, external_id="own", value={"text": "own"})
        await written(sandbox, "dt0c01.DEPLOYER.X", schema_id=NOTE, external_id="d", value={"text": "deployed"})
        await written(sandbox, "dt0c01.OTHER.X", schema_id=NOTE, external_id="o", value={"text": "by hand"})
        return await following(queue, 1)

    (event,) = drive(sandbox, act, ignore_changes_by=["dt0c01.DEPLOYER.X"])
    assert event["change"]["by"] == "dt0c01.OTHER"
    args = {"schema_ids": [NOTE], "from": "now-1h", "ignore_own_changes": False}
    events = drive(sandbox, lambda queue: following(queue, 3), **args)
    assert [event["change"]["after"]["text"] for event in events] == ["own", "deployed", "by hand"]


def test_a_token_that_is_named_beside_its_user(sandbox: RunningSandbox) -> None:
    sandbox.variants(settings_history_token="beside")

    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, WATCHER, schema_id=NOTE, external_id="own", value={"text": "own"})
        await written(sandbox, schema_id=NOTE, external_id="o", value={"text": "by hand"})
        return await following(queue, 1)

    (event,) = drive(sandbox, act)
    assert event["change"]["by_token"] == "dt0c01.SANDBOX"


def test_it_goes_on_where_it_was(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Also with what came at the very time of the last change, and what came while it did not run."""
    kept = tmp_path / "state" / "history.json"
    sandbox.state.settings._history._clock.now_ms = lambda: 1_800_000_000_000  # type: ignore[method-assign]

    async def first(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, schema_id=NOTE, external_id="1", value={"text": "1"})
        return await following(queue, 1)

    async def then(queue: asyncio.Queue[Any]) -> list[Any]:
        events = await following(queue, 1)
        await written(sandbox, schema_id=NOTE, external_id="3", value={"text": "3"})
        return events + await following(queue, 1)

    args = {"schema_ids": [NOTE], "state_file": str(kept)}
    drive(sandbox, first, **args)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["history.json"]
    write(sandbox, schema_id=NOTE, external_id="2", value={"text": "2"})
    events = drive(sandbox, then, **args)
    assert [event["change"]["after"]["text"] for event in events] == ["2", "3"]
    assert len({event["change"]["time"] for event in events}) == 1


def test_runs_are_rare_and_none_is_lost(sandbox: RunningSandbox, tmp_path: Path) -> None:
    seconds = 1.5

    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        await written(sandbox, schema_id=NOTE, external_id="1", value={"text": "1"})
        first = [await asyncio.wait_for(queue.get(), 10) for _number in range(2)]
        await written(sandbox, schema_id=NOTE, external_id="2", value={"text": "2"})
        await written(sandbox, schema_id=TAG, value={"name": "t"})
        early = await following(queue, 2)
        late = [await asyncio.wait_for(queue.get(), 10)]
        return [first, early, late]

    first, early, late = drive(sandbox, act, run_minutes=seconds / 60)
    assert [list(event) for event in first] == [["change"], ["run"]]
    assert [list(event) for event in early] == [["change"], ["change"]]
    assert first[1]["run"] == {"count": 1, "schema_ids": [NOTE], "scopes": ["environment"], "by": ["dt0c01.SANDBOX"]}
    assert late[0]["run"] == {
        "count": 2,
        "schema_ids": [NOTE, TAG],
        "scopes": ["environment"],
        "by": ["dt0c01.SANDBOX"],
    }


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
        {"kind": "reset_before"},
        {"kind": "html"},
    ],
    ids=str,
)
def test_what_passes_does_not_end_it(
    sandbox: RunningSandbox, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def act(queue: asyncio.Queue[Any]) -> list[Any]:
        sandbox.fault(path="settings/history", times=3, **fault)
        await written(sandbox, schema_id=NOTE, external_id="1", value={"text": "1"})
        return await following(queue, 1)

    with caplog.at_level(logging.WARNING):
        (event,) = drive(sandbox, act)
    assert event["change"]["after"]["text"] == "1"
    assert "It is tried again" in caplog.text
    assert "SECRETSECRET" not in caplog.text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"api_token": None}, "no credentials"),
        ({"api_token": "dt0s16.X.SECRETSECRET"}, "give it as platform_token"),
        ({"environment_url": ""}, "environment_url is missing or empty"),
        ({"schema_id": NOTE}, "About schema_id: give schema_ids."),
        ({"interval": 0}, "interval must be at least 0.1 seconds"),
        ({"run_minutes": -1}, "run_minutes must not be negative"),
        ({"scopes": []}, "scopes is empty"),
        ({"from": "yesterday"}, "from is yesterday: give a date"),
        ({"interval": "often"}, "interval"),
        ({"interval": "dt0c01.X.SECRETSECRET"}, "interval"),
        ({"validate_certs": "dt0c01.X.SECRETSECRET"}, "validate_certs"),
        ({"from": "dt0c01.X.SECRETSECRET"}, "from is ********"),
    ],
    ids=str,
)
def test_what_is_given_wrong_ends_it_before_anything_is_sent(
    sandbox: RunningSandbox, args: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DYNATRACE_API_TOKEN", raising=False)
    text = ends_with(sandbox, **args)
    assert said in text
    assert "SECRETSECRET" not in text
    assert sandbox.sent == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_stays_wrong_ends_it(sandbox: RunningSandbox, status: int) -> None:
    sandbox.fault(path="settings/history", kind="status", status=status, times=9)
    text = ends_with(sandbox)
    assert str(status) in text
    assert sandbox.sent == [HISTORY]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "holds no state of this event source"),
        ("[]", "holds no state"),
        ('{"format": 9}', "another format"),
        ('{"format": 1, "environment": "https://other.example.com"}', "belongs to https://other.example.com"),
        ('{"format": 1, "environment": "URL", "scopes": {"environment": {"revisions": {"a": "b"}}}}', "holds no state"),
        ('{"format": 1, "environment": "URL", "last_run": [1], "scopes": {}}', "holds no state"),
    ],
)
def test_a_state_file_that_is_none(sandbox: RunningSandbox, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content.replace("URL", sandbox.url), encoding="utf-8")
    text = ends_with(sandbox, state_file=str(path))
    assert f"state_file {path} cannot be used: " in text
    assert said in text
    assert sandbox.sent == []


def test_a_state_file_that_is_no_file_is_not_waited_for(sandbox: RunningSandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file but a named pipe" in ends_with(sandbox, state_file=str(tmp_path / "pipe"))


def test_a_state_file_that_cannot_be_written(sandbox: RunningSandbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be" in ends_with(sandbox, state_file=str(tmp_path / "file" / "state.json"))


def test_the_options_are_documented() -> None:
    source = runpy.run_path(str(SOURCE))
    documented = yaml.safe_load(source["DOCUMENTATION"])["options"]
    assert {name: option["type"] for name, option in documented.items()} == {
        name: option["type"] for name, option in OPTIONS.items()
    }
    assert {name: option.get("default") for name, option in documented.items()} == {
        name: option.get("default") for name, option in OPTIONS.items()
    }
    (ruleset,) = yaml.safe_load(source["EXAMPLES"])
    for row in ruleset["sources"]:
        assert set(row["community.dynatrace.settings_history"]) <= {*documented, *common_options()}
    shared = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert set(shared) >= set(common_options())
