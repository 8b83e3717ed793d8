# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_certificate against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import base64
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils._packages import certificates as _certificate
from cryptography.hazmat.primitives import hashes, serialization

from tests.sandbox.app import Options
from tests.support.module import run_module
from tests.support.packages import Keys, keys, make_keys
from tests.support.sandbox import TOKEN, RunningSandbox, running

MODULE, INFO = "extension_certificate", "extension_certificate_info"
ALL = "/v2/credentials"
LOOK = f"GET {ALL}"
# Looked for, added, and looked again whether somebody else did the same.
ADDED = [LOOK, f"POST {ALL}", LOOK]
VARIANTS = pytest.mark.parametrize(
    "variants",
    [
        {"credential_scope_fields": "scope"},
        {"credential_scope_fields": "scopes"},
        {"credential_names": "unique"},
        {"credential_unknown": 400},
        {"credential_put_unknown": "made"},
        {"credential_list_lag": True},
    ],
    ids=lambda variants: "-".join(map(str, *variants.items())),
)


@pytest.fixture(scope="module")
def other() -> Keys:
    return make_keys("Another CA")


def _pem(given: Keys) -> str:
    return given.ca_pem.decode()


def _fingerprint(given: Keys) -> str:
    return given.ca.fingerprint(hashes.SHA256()).hex()


def _run(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    result = sandbox.run(MODULE, **args)
    assert TOKEN not in str(result)
    return result


def _predicted(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """Check mode, then the real run, which must be as predicted."""
    check = _run(sandbox, check=True, diff=True, **args)
    assert sandbox.writes == []
    real = _run(sandbox, diff=True, **args)
    assert not real.get("failed"), real
    assert check.pop("validated") == ("none" if real["action"] == "none" else "local")
    for shown in (check, real):
        shown.pop("invocation")
    if real["action"] == "create":
        assert check["certificate"].pop("id") is None
        assert real["certificate"]["id"].startswith("CREDENTIALS_VAULT-")
        assert {**real, "certificate": {**real["certificate"], "id": None}} == {
            **check,
            "certificate": {**check["certificate"], "id": None},
        }
    else:
        assert check == real
    return real


def _refused(sandbox: RunningSandbox, **args: Any) -> str:
    """The message of a failure before anything is sent, the same in check mode."""
    texts = []
    for check in (True, False):
        result = _run(sandbox, check=check, **args)
        assert result["failed"], result
        assert not result["changed"]
        assert sandbox.sent == []
        texts.append(str(result["msg"]))
    assert texts[0] == texts[1]
    return texts[0]


def _api(sandbox: RunningSandbox, method: str, path: str = "", **more: Any) -> Any:
    headers = {"Authorization": f"Api-Token {TOKEN}"}
    response = requests.request(method, f"{sandbox.url}/api{ALL}{path}", headers=headers, timeout=10, **more)
    assert response.ok, response.text
    return response.json() if response.content else None


def _by_hand(sandbox: RunningSandbox, given: Keys, **more: Any) -> str:
    """An entry made in the web interface."""
    body = {
        "name": "by hand",
        "type": "PUBLIC_CERTIFICATE",
        "scopes": ["EXTENSION"],
        "certificate": base64.b64encode(given.ca_pem).decode(),
        "certificateFormat": "PEM",
        "password": "eA==",
        **more,
    }
    return str(_api(sandbox, "POST", json=body)["id"])


def _stored(sandbox: RunningSandbox) -> dict[str, Any]:
    """The certificates that the environment really has, by fingerprint."""
    return {one.fingerprint(hashes.SHA256()).hex(): one for one in sandbox.state.credentials.vault.certificates()}


def _certificates(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.run(INFO)["certificates"]
    return found


# --- present


def test_a_certificate_is_added_once(sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(keys().ca_pem)
    made = _predicted(sandbox, path=str(path))
    assert (made["changed"], made["action"]) == (True, "create")
    assert sandbox.sent == ADDED
    assert list(_stored(sandbox)) == [_fingerprint(keys())]
    assert made["certificate"]["name"] == f"sandbox CA {_fingerprint(keys())[:16]}"
    assert made["certificate"]["scopes"] == ["EXTENSION"]
    end = _certificate.stamp(keys().ca.not_valid_after_utc)
    assert made["certificate"]["not_after"] == end
    assert made["certificate"]["description"] == f"[sha256:{_fingerprint(keys())} expires:{end}]"
    assert made["diff"]["before"] == ""
    # The same certificate as a text, with something around it.
    again = _predicted(sandbox, content=f"subject=CN = sandbox CA\n{_pem(keys())}\n")
    assert (again["changed"], again["action"]) == (False, "none")
    assert again["certificate"] == made["certificate"]
    assert sandbox.sent == [LOOK]


def test_what_is_sent(sandbox: RunningSandbox) -> None:
    """API facts, 2.7; both spellings of the scope."""
    _run(sandbox, content=_pem(keys()), name="Team", description="ours")
    (entry,) = [one for one in _api(sandbox, "GET")["credentials"] if one["type"] == "PUBLIC_CERTIFICATE"]
    assert (entry["name"], entry["scope"], entry["scopes"]) == ("Team", "EXTENSION", ["EXTENSION"])
    assert entry["ownerAccessOnly"] is False
    assert entry["description"].startswith("ours [sha256:")
    kept = sandbox.state.credentials.vault.get(entry["id"]).secret
    assert kept["certificateFormat"] == "PEM"
    assert kept["password"] == "UGFzc3dvcmROb3RTdXBwb3J0ZWQ="


def test_the_next_one_is_added_beside_the_old_one(sandbox: RunningSandbox, other: Keys) -> None:
    """Also under the same name."""
    _run(sandbox, content=_pem(keys()), name="Team")
    old = _api(sandbox, "GET")
    assert _predicted(sandbox, content=_pem(other), name="Team")["action"] == "create"
    assert sandbox.sent == ADDED
    assert set(_stored(sandbox)) == {_fingerprint(keys()), _fingerprint(other)}
    assert old["credentials"][-1] in _api(sandbox, "GET")["credentials"]
    for given in (keys(), other):
        assert not _predicted(sandbox, content=_pem(given), name="Team")["changed"]


def test_name_and_description_are_kept_unless_they_are_given(sandbox: RunningSandbox) -> None:
    first = _run(sandbox, content=_pem(keys()), name="Team", description="ours")["certificate"]
    assert not _predicted(sandbox, content=_pem(keys()))["changed"]
    changed = _predicted(sandbox, content=_pem(keys()), description="theirs")
    assert changed["action"] == "update"
    assert sandbox.sent == [LOOK, f"PUT {ALL}/{first['id']}"]
    assert changed["certificate"]["id"] == first["id"]
    assert changed["certificate"]["description"] == first["description"].replace("ours", "theirs")
    assert changed["diff"]["before"]["description"] == first["description"]
    renamed = _predicted(sandbox, content=_pem(keys()), name="New")["certificate"]
    assert (renamed["name"], renamed["description"]) == ("New", changed["certificate"]["description"])
    assert list(_stored(sandbox)) == [_fingerprint(keys())]


def _upper(text: str) -> str:
    return ":".join(text[start : start + 2] for start in range(0, 64, 2)).upper()


@pytest.mark.parametrize("place", ["name", "description"])
@pytest.mark.parametrize("form", [str, _upper, lambda text: f"sha256={text}, of 2024"])
def test_an_entry_made_by_hand_is_found_by_the_fingerprint_in_it(
    sandbox: RunningSandbox, place: str, form: Any
) -> None:
    entry_id = _by_hand(sandbox, keys(), **{place: form(_fingerprint(keys()))})
    result = _predicted(sandbox, content=_pem(keys()))
    assert (result["action"], result["certificate"]["id"]) == ("update", entry_id)  # so that its end is known, too
    assert len(_stored(sandbox)) == 1
    assert not _predicted(sandbox, content=_pem(keys()))["changed"]


def test_who_may_use_an_entry_stays_as_it_is(sandbox: RunningSandbox) -> None:
    entry_id = _by_hand(
        sandbox,
        keys(),
        description=_fingerprint(keys()),
        scopes=["SYNTHETIC", "EXTENSION"],
        ownerAccessOnly=True,
        allowedEntities=[{"id": "u1", "type": "USER"}],
    )
    assert _predicted(sandbox, content=_pem(keys()), name="New")["action"] == "update"
    entry = _api(sandbox, "GET", f"/{entry_id}")
    assert (entry["name"], entry["scopes"], entry["ownerAccessOnly"]) == ("New", ["SYNTHETIC", "EXTENSION"], True)
    assert entry["allowedEntities"] == [{"id": "u1", "type": "USER"}]


@pytest.mark.parametrize(
    "more", [{"scopes": ["SYNTHETIC"]}, {"type": "CERTIFICATE"}, {"type": "TOKEN"}], ids=lambda more: str(*more)
)
def test_entries_for_other_purposes_are_left_alone(sandbox: RunningSandbox, more: dict[str, Any]) -> None:
    entry_id = _by_hand(sandbox, keys(), description=_fingerprint(keys()), **more)
    before = _api(sandbox, "GET", f"/{entry_id}")
    assert _predicted(sandbox, content=_pem(keys()))["action"] == "create"
    assert _predicted(sandbox, content=_pem(keys()), state="absent")["action"] == "delete"
    assert _api(sandbox, "GET", f"/{entry_id}") == before


def test_all_pages_are_read(sandbox: RunningSandbox) -> None:
    for number in range(620):
        body = {"name": f"filler {number}", "type": "TOKEN", "token": "x", "scope": "SYNTHETIC"}
        sandbox.state.credentials.vault.create(body)
    assert _predicted(sandbox, content=_pem(keys()))["action"] == "create"
    assert not _run(sandbox, content=_pem(keys()))["changed"]
    assert sandbox.sent == [LOOK] * 2


@VARIANTS
def test_whatever_the_server_is_like(sandbox: RunningSandbox, other: Keys, variants: dict[str, Any]) -> None:
    sandbox.variants(**variants)
    for given in (keys(), other):
        assert _predicted(sandbox, content=_pem(given))["action"] == "create"
        assert _run(sandbox, content=_pem(given))["action"] == "none"
        assert _predicted(sandbox, content=_pem(given), description="x")["action"] == "update"
    assert len(_stored(sandbox)) == 2
    assert _predicted(sandbox, content=_pem(other), state="absent")["action"] == "delete"
    assert _predicted(sandbox, content=_pem(other), state="absent")["action"] == "none"
    assert list(_stored(sandbox)) == [_fingerprint(keys())]


# --- absent


@pytest.mark.parametrize("form", [str, str.upper, _upper])
def test_absent_by_fingerprint(sandbox: RunningSandbox, other: Keys, form: Any) -> None:
    made = _run(sandbox, content=_pem(keys()))["certificate"]
    _run(sandbox, content=_pem(other))
    gone = _predicted(sandbox, fingerprint=form(_fingerprint(keys())), state="absent")
    assert (gone["action"], gone["certificate"]) == ("delete", made)
    assert sandbox.sent == [LOOK, f"DELETE {ALL}/{made['id']}"]
    assert gone["diff"]["after"] == ""
    assert list(_stored(sandbox)) == [_fingerprint(other)]
    again = _predicted(sandbox, fingerprint=form(_fingerprint(keys())), state="absent")
    assert (again["changed"], again["certificate"]["id"]) == (False, None)
    assert sandbox.sent == [LOOK]


def test_absent_of_an_expired_certificate(sandbox: RunningSandbox) -> None:
    old = make_keys("Old CA", ca_days=(-20, -10))
    _by_hand(sandbox, old, description=_fingerprint(old))
    assert _predicted(sandbox, content=_pem(old), state="absent")["action"] == "delete"
    assert _stored(sandbox) == {}


def test_absent_takes_all_entries_with_the_certificate(sandbox: RunningSandbox) -> None:
    for place in ("name", "description"):
        _by_hand(sandbox, keys(), **{place: _fingerprint(keys())})
    assert _predicted(sandbox, content=_pem(keys()), state="absent")["action"] == "delete"
    assert _stored(sandbox) == {}


# --- lost answers, and others at the same time


@pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
@pytest.mark.parametrize(
    ("state", "method", "more"), [("present", "POST", {}), ("present", "PUT", {"name": "x"}), ("absent", "DELETE", {})]
)
def test_a_lost_answer(sandbox: RunningSandbox, kind: str, state: str, method: str, more: dict[str, Any]) -> None:
    if method != "POST":
        _run(sandbox, content=_pem(keys()))
    sandbox.fault(kind=kind, method=method)
    result = _run(sandbox, content=_pem(keys()), state=state, **more)
    assert result["action"] == {"POST": "create", "PUT": "update", "DELETE": "delete"}[method]
    assert len(_stored(sandbox)) == (0 if state == "absent" else 1)
    assert len([text for text in sandbox.sent if text.startswith(method)]) == (1 if kind == "reset_after" else 2)
    if state == "present":
        assert result["certificate"]["id"] == _certificates(sandbox)[0]["id"]


def test_a_lost_answer_while_the_list_lags_makes_no_second_entry(sandbox: RunningSandbox) -> None:
    """The list is read before the entry shows up in it, so it is sent again; the surplus goes."""
    sandbox.variants(credential_list_lag=True)
    sandbox.fault(kind="reset_after", method="POST")
    result = _run(sandbox, content=_pem(keys()))
    assert result["action"] == "create"
    sandbox.run(INFO)
    assert [one["id"] for one in _certificates(sandbox)] == [result["certificate"]["id"]]
    assert not _run(sandbox, content=_pem(keys()))["changed"]


def test_an_answer_that_names_another_entry(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's certificate is deleted for it."""
    other = _run(sandbox, content=_pem(make_keys("Another CA")))["certificate"]["id"]
    answer = sandbox.state.answer

    def answering(call: Any, authorization: Any) -> Any:
        reply, is_read = answer(call, authorization)
        if call.method == "POST":
            reply.body = {"id": other}
        return reply, is_read

    monkeypatch.setattr(sandbox.state, "answer", answering)
    result = _run(sandbox, content=_pem(keys()))
    assert len(_certificates(sandbox)) == 2
    assert result["certificate"]["id"] != other


def test_two_pipelines_at_once(sandbox: RunningSandbox) -> None:
    """Processes of their own, several times: the certificate is there once, and nobody has failed."""
    sandbox.state.options = Options(speed=1000, latency=0.05)
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "content": _pem(keys())}
    try:
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda number: run_module(MODULE, args), range(2)))
    finally:
        sandbox.state.options = Options(speed=1000)
    assert [one.get("msg") for one in results if one.get("failed")] == []
    assert any(one["changed"] for one in results)
    (left,) = _certificates(sandbox)
    assert left["fingerprint"] == _fingerprint(keys())


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_certificate_added_by_somebody_meanwhile(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    """Between our look and our POST. One of the two stays, the same one whoever looks."""
    vault = sandbox.state.credentials.vault
    create = vault.create
    ids = [f"CREDENTIALS_VAULT-{number:016X}" for number in (7, 8)][::order]

    def created(body: Any) -> str:
        for entry_id in ids:
            vault._entries[entry_id] = vault._checked(entry_id, body)
        return ids[0]

    monkeypatch.setattr(vault, "create", created)
    result = _run(sandbox, content=_pem(keys()))
    assert (result["action"], result["certificate"]["id"]) == ("create", min(ids))
    assert [one["id"] for one in _certificates(sandbox)] == [min(ids)]
    assert sandbox.writes == [f"POST {ALL}", f"DELETE {ALL}/{max(ids)}"]
    assert create != vault.create


def test_where_names_are_unique_somebody_else_may_be_first(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.variants(credential_names="unique")
    vault = sandbox.state.credentials.vault
    create, twice = vault.create, itertools.count()

    def created(body: Any) -> str:
        if next(twice) == 0:
            create(body)
        return create(body)

    monkeypatch.setattr(vault, "create", created)
    result = _run(sandbox, content=_pem(keys()))
    assert (result.get("failed"), result["action"]) == (None, "none")
    assert len(_stored(sandbox)) == 1


def test_a_name_that_the_server_refuses_is_an_error_after_a_second_look(sandbox: RunningSandbox, other: Keys) -> None:
    sandbox.variants(credential_names="unique")
    _run(sandbox, content=_pem(keys()), name="Team")
    result = _run(sandbox, content=_pem(other), name="Team")
    assert "already exist" in result["msg"]
    assert not result["changed"]
    assert sandbox.writes == [f"POST {ALL}"]
    assert result["error"]["status"] == 400


def test_a_refused_deletion_is_sent_once(sandbox: RunningSandbox) -> None:
    _run(sandbox, content=_pem(keys()))
    sandbox.fault(method="DELETE", kind="status", status=400, times=9)
    sandbox.clear()
    result = _run(sandbox, content=_pem(keys()), state="absent")
    assert (result["failed"], result["changed"], result["error"]["status"]) == (True, False, 400)
    assert [line.partition(" ")[0] for line in sandbox.writes] == ["DELETE"]


@pytest.mark.parametrize("status", [400, 404])
def test_somebody_else_deletes_it_first(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    sandbox.variants(credential_unknown=status)
    _run(sandbox, content=_pem(keys()))
    vault = sandbox.state.credentials.vault
    delete = vault.delete

    def deleted(entry_id: str) -> None:
        if entry_id in vault._entries:
            delete(entry_id)
        delete(entry_id)

    monkeypatch.setattr(vault, "delete", deleted)
    result = _run(sandbox, content=_pem(keys()), state="absent")
    assert (result.get("failed"), result["action"]) == (None, "none")


def test_a_failed_second_look_tells_that_it_was_added(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = sandbox.state.credentials.vault
    create = vault.create

    def created(body: Any) -> str:
        sandbox.fault(kind="status", status=403, method="GET")
        return create(body)

    monkeypatch.setattr(vault, "create", created)
    result = _run(sandbox, content=_pem(keys()))
    assert (result["failed"], result["changed"], result["error"]["unknown"]) == (True, True, [])
    (done,) = result["error"]["done"]
    assert done.startswith("the certificate '")
    assert done.endswith("' was added")
    assert done in result["msg"]


# --- what is not a root certificate


def _developer(given: Keys) -> str:
    return given.certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private(given: Keys) -> str:
    pem, clear = serialization.Encoding.PEM, serialization.NoEncryption()
    return given.key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, clear).decode()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda: _developer(keys()), "is not a CA certificate"),
        (lambda: _pem(make_keys("Old CA", ca_days=(-20, -10))), "(CN=Old CA) has expired on 20"),
        (lambda: _pem(make_keys("New CA", ca_days=(5, 10))), "(CN=New CA) is not valid before 20"),
        (lambda: _pem(keys()) + _pem(keys()), "holds 2 certificates"),
        (lambda: "hello", "holds no certificate in PEM format"),
        (lambda: _pem(keys()).replace("END CERT", "END"), "holds no certificate in PEM format"),
        (lambda: _pem(keys())[:200] + "\n-----END CERTIFICATE-----\n", "is not a valid certificate"),
        (lambda: _pem(keys()).replace("MII", "AII", 1), "is not a valid certificate"),
        (lambda: _pem(keys()).replace("CERTIFICATE", "CERTIFICATE REQUEST"), "holds a 'CERTIFICATE REQUEST'"),
    ],
)
def test_what_is_no_root_certificate(sandbox: RunningSandbox, tmp_path: Path, given: Any, text: str) -> None:
    (tmp_path / "ca.pem").write_text(given())
    assert text in _refused(sandbox, path=str(tmp_path / "ca.pem"))
    assert text in _refused(sandbox, content=given())


def test_a_private_key_never_leaves(sandbox: RunningSandbox, tmp_path: Path) -> None:
    both = _pem(keys()) + _private(keys())
    (tmp_path / "ca.pem").write_text(both)
    for args in ({"path": str(tmp_path / "ca.pem")}, {"content": both}, {"content": both, "state": "absent"}):
        result = _run(sandbox, **args)
        assert "holds a private key" in result["msg"]
        assert sandbox.sent == []
        for line in _private(keys()).splitlines()[1:-1]:
            assert line not in json.dumps(result)


def test_content_is_shown_when_it_is_a_certificate(sandbox: RunningSandbox) -> None:
    shown = _run(sandbox, content=_pem(keys()))["invocation"]["module_args"]["content"]
    assert shown == _pem(keys())


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "given: none"),
        ({"path": "a", "content": "b"}, "given: path, content"),
        ({"path": "", "content": ""}, "given: none"),
        ({"fingerprint": "ab" * 32}, "state=present needs the certificate itself"),
        ({"fingerprint": "ab:cd", "state": "absent"}, "openssl x509 -noout -fingerprint -sha256"),
        ({"path": "/nowhere/ca.pem"}, "cannot read the certificate /nowhere/ca.pem (path): No such file"),
        ({"path": "/"}, "it is not a regular file"),
    ],
)
def test_options_that_cannot_be_right(sandbox: RunningSandbox, args: dict[str, Any], text: str) -> None:
    assert text in _refused(sandbox, **args)


def test_without_the_library(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needed to read a certificate; a fingerprint does without."""
    made = _run(sandbox, content=_pem(keys()))["certificate"]
    monkeypatch.setattr(_certificate, "IMPORT_ERROR", "Traceback: no such module")
    result = _run(sandbox, content=_pem(keys()))
    assert "Failed to import the required Python library (cryptography)" in result["msg"]
    assert "to read the certificate (option content)" in result["msg"]
    assert (result["changed"], sandbox.sent) == (False, [])
    assert _run(sandbox, fingerprint=made["fingerprint"], state="absent")["action"] == "delete"
    assert "certificates" in sandbox.run(INFO)


@pytest.mark.parametrize("scope", ["credentialVault.read", "credentialVault.write"])
def test_a_scope_that_is_missing_is_named(scope: str) -> None:
    with running(Options(tokens={TOKEN: [scope]})) as found:
        result = found.run(MODULE, content=_pem(keys()))
    missing = {"credentialVault.read", "credentialVault.write"} - {scope}
    assert result["failed"]
    assert missing.pop() in result["msg"]


@pytest.mark.parametrize("way", ["platform token", "oauth"])
def test_the_platform_with_the_scopes_that_are_asked_for_by_default(sandbox: RunningSandbox, way: str) -> None:
    given = {"platform_token": "dt0s16.SANDBOX.SANDBOXTOKEN"}
    if way == "oauth":
        client = {"oauth_client_id": "dt0s02.SANDBOX", "oauth_client_secret": "dt0s02.SANDBOX.SECRET"}
        given = {**client, "oauth_token_url": f"{sandbox.url}/sso/oauth2/token"}
    args = {**given, "api_token": "", "content": _pem(keys())}
    for more, action in (({}, "create"), ({"name": "x"}, "update"), ({"state": "absent"}, "delete")):
        assert _predicted(sandbox, **args, **more)["action"] == action
    assert sandbox.run(INFO, **given, api_token="")["certificates"] == []
