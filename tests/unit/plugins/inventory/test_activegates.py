# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin against the sandbox: once through ansible-inventory, else as Ansible's inventory manager calls it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible_collections.community.dynatrace.plugins.doc_fragments import activegate_filters
from ansible_collections.community.dynatrace.plugins.doc_fragments.auth import ModuleDocFragment
from ansible_collections.community.dynatrace.plugins.inventory import activegates
from ansible_collections.community.dynatrace.plugins.module_utils import _connection
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import info, inventory
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import ActiveGateApi
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._credentials import VARIABLES
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part

from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.server import Server, reply

NAME = "community.dynatrace.activegates"
ROOT = Path(__file__).resolve().parents[4]
LINUX, WINDOWS, SECOND, EDGE = (
    "ag-linux-01.example.com",
    "ag-windows-01.example.com",
    "ag-linux-02.example.com",
    "ag-edge-01.example.com",
)
CONTAINER, CLUSTER = "ag-k8s-0.ag.monitoring.svc", "ag-cluster-01.example.com"
ALL = {LINUX, WINDOWS, SECOND, EDGE, CONTAINER, CLUSTER}
EVIL = "{{ 'eval' ~ 'uated' }}"


@pytest.fixture(scope="module", autouse=True)
def _options() -> None:
    """What Ansible's loader does; it cannot load from a collection that the interpreter has imported by itself."""
    options: dict[str, Any] = {}
    for text in (
        constructed.ModuleDocFragment.DOCUMENTATION,
        inventory_cache.ModuleDocFragment.DOCUMENTATION,
        ModuleDocFragment.PLUGIN,
        activegates.DOCUMENTATION,
    ):
        options.update(yaml.safe_load(text)["options"])
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, options)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DYNATRACE_", "DT_")):
            monkeypatch.delenv(name)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "inventory.yml")
    assert not activegates.InventoryModule().verify_file(str(tmp_path / "inventory.yml"))


class Parsed:
    def __init__(self, folder: Path, config: Any, cache: bool) -> None:
        path = folder / "test.activegates.yml"
        path.write_text(config if isinstance(config, str) else json.dumps({"plugin": NAME, **config}), encoding="utf-8")
        plugin = activegates.InventoryModule()
        for name, value in {"_load_name": NAME, "_redirected_names": [NAME], "ansible_name": NAME}.items():
            setattr(plugin, name, value)
        self.data = InventoryData()
        assert plugin.verify_file(str(path))
        plugin.parse(self.data, DataLoader(), str(path), cache=cache)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        self.data.reconcile_inventory()

    @property
    def hosts(self) -> set[str]:
        return set(self.data.hosts)

    def group(self, name: str) -> set[str]:
        return {host.name for host in self.data.groups[name].get_hosts()} if name in self.data.groups else set()

    def variables(self, host: str) -> dict[str, Any]:
        found: dict[str, Any] = self.data.hosts[host].get_vars()
        return found


class Inventory:
    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder

    def parse(self, given: Mapping[str, Any] | None = None, cache: bool = True, **config: Any) -> Parsed:
        """With the sandbox's address and token, unless ``config`` has others; None leaves one out."""
        config = {
            "environment_url": self.sandbox.url,
            "api_token": TOKEN,
            "retries": 0,
            "timeout": 10,
            **(given or {}),
            **config,
        }
        return Parsed(self.folder, {name: value for name, value in config.items() if value is not None}, cache)

    @property
    def queries(self) -> list[dict[str, Any]]:
        assert {text.rsplit("/", 1)[-1] for text in self.sandbox.sent} <= {"activeGates"}
        return [one["query"] for one in self.sandbox.state.requests]


@pytest.fixture
def fleet(sandbox: RunningSandbox, tmp_path: Path) -> Inventory:
    return Inventory(sandbox, tmp_path)


def rename(fleet: Inventory, ag_id: str, hostname: str) -> None:
    # The sandbox's fleet is made anew by its next reset.
    fleet.sandbox.state.activegates._fleet.get(ag_id).hostname = hostname


class TestHosts:
    def test_every_activegate_is_a_host_by_one_request(self, fleet: Inventory) -> None:
        parsed = fleet.parse()
        assert parsed.hosts == ALL == parsed.group("activegates")
        assert fleet.queries == [{}]

    def test_variables(self, fleet: Inventory) -> None:
        fleet.sandbox.variants(fleet_offline=["907316642"])
        parsed = fleet.parse()
        found = parsed.variables(EDGE)
        raw = found["dynatrace_activegate"]
        assert raw["networkAddresses"] == ["10.20.0.14"]
        ours = {name: value for name, value in found.items() if name.startswith("dynatrace_") and value is not raw}
        assert ours == {
            "dynatrace_id": "-412870955",
            "dynatrace_hostname": EDGE,
            "dynatrace_version": raw["version"],
            "dynatrace_type": "ENVIRONMENT_MULTI",
            "dynatrace_group": "edge",
            "dynatrace_network_zone": "dmz",
            "dynatrace_os_type": "LINUX",
            "dynatrace_os_architecture": "X86",
            "dynatrace_modules": ["SYNTHETIC"],
            "dynatrace_update_status": "UP2DATE",
            "dynatrace_auto_update": "ENABLED",
            "dynatrace_online": True,
            "dynatrace_containerized": False,
        }
        assert not [name for name in found if name.startswith("ansible_")]
        assert parsed.variables(SECOND)["dynatrace_online"] is False
        assert parsed.variables(CONTAINER)["dynatrace_containerized"] is True

    def test_all_variables_are_documented(self) -> None:
        documented = set(re.findall(r"C\((dynatrace_\w+)\)", activegates.DOCUMENTATION))
        assert documented == set(inventory.variables(ActiveGate("1")))
        guide = (ROOT / "docs" / "docsite" / "rst" / "guide_inventory.rst").read_text(encoding="utf-8")
        assert {name for name in documented if f"``{name}``" in guide} == documented

    def test_what_the_api_leaves_out_is_null(self) -> None:
        found = inventory.variables(ActiveGate.from_answer(Part({"id": "1"})))
        assert found.pop("dynatrace_activegate") == {"id": "1"}
        assert {name for name, value in found.items() if value is None} == set(found) - {
            "dynatrace_id",
            "dynatrace_modules",
            "dynatrace_online",
            "dynatrace_containerized",
        }

    def test_shared_names_give_way_to_ids(self, fleet: Inventory) -> None:
        rename(fleet, "907316642", LINUX)
        rename(fleet, "-1284619327", "1402338871")  # the id of another one
        parsed = fleet.parse()
        assert parsed.hosts == {"1730152904", "907316642", "-1284619327", EDGE, CONTAINER, CLUSTER}
        assert parsed.variables("907316642")["dynatrace_hostname"] == LINUX

    def test_one_without_a_name_is_called_by_its_id(self, fleet: Inventory) -> None:
        rename(fleet, "907316642", "")
        assert "907316642" in fleet.parse().hosts

    def test_ids_as_names(self, fleet: Inventory) -> None:
        parsed = fleet.parse(hostnames=["id", "hostname"])
        assert "-1284619327" in parsed.hosts
        assert not parsed.hosts & ALL

    def test_an_empty_fleet_has_the_group(self, fleet: Inventory) -> None:
        parsed = fleet.parse(filters={"hostname": "nobody"})
        assert parsed.hosts == set()
        assert "activegates" in parsed.data.groups

    def test_what_the_api_says_is_no_template(self, fleet: Inventory) -> None:
        fleet.sandbox.state.activegates._fleet.get("907316642").group = EVIL
        rename(fleet, "907316642", EVIL)
        parsed = fleet.parse(compose={"copied": "dynatrace_group"}, keyed_groups=[{"key": "dynatrace_group"}])
        assert not [name for name in parsed.hosts if "{" in name]
        found = parsed.variables("907316642")
        raw = found["dynatrace_activegate"]["group"]
        texts = (found["dynatrace_group"], found["copied"], raw, found["dynatrace_hostname"])
        assert [templated(text) for text in texts] == [EVIL] * 4
        assert not [name for name in parsed.data.groups if "evaluated" in name]


def templated(value: Any) -> Any:
    from ansible.template import Templar

    return Templar(loader=DataLoader()).template(value)


class TestFilters:
    def test_they_reach_the_api(self, fleet: Inventory) -> None:
        filters = {
            "os_type": "LINUX",
            "version": "1.340.0",
            "version_compare_type": "LOWER",
            "online": True,
            "enabled_modules": ["EXTENSIONS_V2"],
            "network_zone": "",
        }
        assert fleet.parse(filters=filters).hosts == {LINUX, SECOND}
        assert fleet.queries == [
            {
                "osType": "LINUX",
                "version": "1.340.0",
                "versionCompareType": "LOWER",
                "online": "true",
                "enabledModule": "EXTENSIONS_V2",
            }
        ]

    @pytest.mark.parametrize(
        ("filters", "text"),
        [
            ({"os_type": "AIX"}, "LINUX, WINDOWS"),
            ({"zone": "dmz"}, "zone"),
            ({"version": 1.33}, "1.33"),
            ({"online": "perhaps"}, "online"),
            ({"version_compare_type": "LOWER"}, "version"),
            (["dmz"], "filters"),
        ],
    )
    def test_wrong_ones_send_nothing(self, fleet: Inventory, filters: Any, text: str) -> None:
        with pytest.raises(AnsibleParserError, match=re.escape(text)):
            fleet.parse(filters=filters)
        assert fleet.queries == []

    @pytest.mark.parametrize("filters", ["", {}, {"os_type": "", "type": "", "online": "", "enabled_modules": ""}])
    def test_blank_ones_are_none(self, fleet: Inventory, filters: Any) -> None:
        assert len(fleet.parse(filters=filters, hostnames="").hosts) == len(fleet.parse().hosts)
        assert fleet.queries == [{}, {}]

    def test_documented_as_they_are_read(self) -> None:
        documented = yaml.safe_load(activegate_filters.ModuleDocFragment.INVENTORY)["options"]["filters"]["suboptions"]
        described = {
            name: {key: option[key] for key in option if key != "description"} for name, option in documented.items()
        }
        assert described == info.FILTERS


class TestConstructed:
    def test_keyed_groups_groups_and_compose(self, fleet: Inventory) -> None:
        parsed = fleet.parse(
            keyed_groups=[
                {"key": "dynatrace_network_zone", "prefix": "zone"},
                {"key": "dynatrace_modules", "prefix": "module"},
            ],
            groups={"outdated": "dynatrace_update_status == 'OUTDATED'", "old": "minor | int < 330"},
            compose={"minor": "dynatrace_version.split('.')[1] | int"},
            strict=True,
        )
        assert parsed.group("zone_dmz") == {EDGE}
        assert parsed.group("module_SYNTHETIC") == {EDGE}
        assert parsed.group("old") == {LINUX}
        assert WINDOWS in parsed.group("outdated")
        assert EDGE not in parsed.group("outdated")
        assert str(parsed.variables(WINDOWS)["minor"]) == "330"

    def test_strict(self, fleet: Inventory) -> None:
        compose = {"x": "no_such_variable.y"}
        assert "x" not in fleet.parse(compose=compose).variables(LINUX)
        with pytest.raises(AnsibleError, match="Could not set x"):
            fleet.parse(compose=compose, strict=True)


class TestCache:
    @pytest.fixture
    def cached(self, tmp_path: Path) -> dict[str, Any]:
        return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}

    def test_the_second_load_sends_nothing(self, fleet: Inventory, cached: dict[str, Any], tmp_path: Path) -> None:
        first = fleet.parse(cached)
        second = fleet.parse(cached)
        assert len(fleet.queries) == 1
        assert second.hosts == first.hosts == ALL
        assert second.variables(EDGE) == first.variables(EDGE)
        files = [path for path in (tmp_path / "cache").iterdir() if path.is_file()]
        assert len(files) == 1
        assert TOKEN not in files[0].read_text(encoding="utf-8")

    def test_a_refresh_asks_and_is_kept(self, fleet: Inventory, cached: dict[str, Any]) -> None:
        fleet.parse(cached)
        fleet.sandbox.variants(fleet_missing=["1730152904"])
        assert LINUX in fleet.parse(cached).hosts
        assert LINUX not in fleet.parse(cached, cache=False).hosts
        assert LINUX not in fleet.parse(cached).hosts
        assert len(fleet.queries) == 2

    def test_other_filters_are_another_question(self, fleet: Inventory, cached: dict[str, Any]) -> None:
        fleet.parse(cached)
        assert fleet.parse(cached, filters={"network_zone": "dmz"}).hosts == {EDGE}
        assert len(fleet.queries) == 2

    def test_an_answer_that_is_too_old_is_asked_for_again(self, fleet: Inventory, cached: dict[str, Any]) -> None:
        fleet.parse(cached)
        (file,) = (path for path in Path(cached["cache_connection"]).iterdir() if path.is_file())
        os.utime(file, (0, 0))
        assert fleet.parse(cached, cache_timeout=60).hosts == ALL
        assert len(fleet.queries) == 2

    @pytest.mark.parametrize("rows", [None, 5, [5], [{"hostname": "x"}], [{"id": "1", "modules": "x"}]])
    def test_what_somebody_wrote_into_the_file_is_asked_for_again(
        self, fleet: Inventory, cached: dict[str, Any], rows: Any
    ) -> None:
        fleet.parse(cached)
        (file,) = (path for path in Path(cached["cache_connection"]).iterdir() if path.is_file())
        kept = json.loads(file.read_text(encoding="utf-8"))
        inner = kept.get("__payload__")
        found = json.loads(inner) if inner else kept
        found["activegates"] = rows
        file.write_text(json.dumps({**kept, "__payload__": json.dumps(found)} if inner else found), encoding="utf-8")
        assert fleet.parse(cached).hosts == ALL
        assert len(fleet.queries) == 2

    def test_off(self, fleet: Inventory) -> None:
        fleet.parse()
        fleet.parse()
        assert len(fleet.queries) == 2


class TestAuthentication:
    def test_environment(self, fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        """An empty variable is unset, as AWX injects it; the first that is set counts."""
        for name in ("ENV_URL", "API_TOKEN"):
            monkeypatch.setenv(f"DYNATRACE_{name}", "")
        for name in ("PLATFORM_TOKEN", "TIMEOUT", "RETRIES", "VALIDATE_CERTS", "CA_PATH"):
            monkeypatch.setenv(f"DYNATRACE_{name}", "")
        monkeypatch.setenv("DT_ENV_URL", fleet.sandbox.url)
        monkeypatch.setenv("DT_API_TOKEN", TOKEN)
        assert fleet.parse(environment_url=None, api_token=None, retries=None, timeout=None).hosts == ALL
        monkeypatch.setenv("DYNATRACE_ENV_URL", fleet.sandbox.url)
        monkeypatch.setenv("DT_ENV_URL", "http://127.0.0.1:1")
        assert fleet.parse(environment_url=None, api_token=None).hosts == ALL

    def test_options_hide_variables(self, fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DYNATRACE_PLATFORM_TOKEN", "dt0s16.OTHER.SECRET")
        monkeypatch.setenv("DYNATRACE_ENV_URL", "http://127.0.0.1:1")
        assert fleet.parse().hosts == ALL

    def test_templates(self, fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MY_TOKEN", TOKEN)
        monkeypatch.setenv("MY_ZONE", "dmz")
        parsed = fleet.parse(
            api_token="{{ lookup('env', 'MY_TOKEN') }}",
            timeout="{{ 5 + 5 }}",
            validate_certs="{{ true }}",
            filters={"network_zone": "{{ lookup('env', 'MY_ZONE') }}"},
        )
        assert parsed.hosts == {EDGE}

    def test_oauth(self, fleet: Inventory) -> None:
        oauth = {
            "oauth_client_id": "dt0s02.SANDBOX",
            "oauth_client_secret": "dt0s02.SANDBOX.SECRET",
            "oauth_token_url": f"{fleet.sandbox.url}/sso/oauth2/token",
        }
        assert fleet.parse(oauth, api_token=None).hosts == ALL
        assert fleet.sandbox.state.requests[-1]["path"].startswith("/platform/classic/environment-api/v2/")

    @pytest.mark.parametrize(
        ("config", "text"),
        [
            ({"api_token": None}, "no credentials"),
            ({"environment_url": None}, "environment_url is missing or empty"),
            ({"platform_token": "dt0s16.A.B"}, "two ways to authenticate"),
            ({"timeout": 0}, "timeout must be"),
            ({"retries": "many"}, "retries"),
            ({"environment_url": "http://dynatrace.example.com"}, "http"),
            ({"hostnames": ["address"]}, "hostnames"),
        ],
    )
    def test_refused_before_anything_is_sent(self, fleet: Inventory, config: dict[str, Any], text: str) -> None:
        with pytest.raises(AnsibleParserError, match=text):
            fleet.parse(config)
        assert fleet.queries == []

    def test_documented_as_for_modules(self) -> None:
        """Names, types and defaults; variables either as Ansible knows them or in the text."""
        module = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
        plugin = yaml.safe_load(ModuleDocFragment.PLUGIN)["options"]
        options = _connection.common_options()
        assert set(module) == set(plugin) == set(options)
        for name, rules in options.items():
            for key in ("type", "default", "elements"):
                assert module[name].get(key) == plugin[name].get(key) == rules.get(key), name
            variables = list(VARIABLES.get(name, rules.get("fallback", (None, []))[1]))
            listed = [one["name"] for one in plugin[name].get("env", ())]
            assert listed or re.findall(r"E\((\w+)\)", " ".join(plugin[name]["description"])) == variables
            assert listed in ([], variables)
            assert re.findall(r"E\((\w+)\)", " ".join(module[name]["description"])) == variables


class TestErrors:
    def test_a_refusal_is_ours_and_shows_no_secret(self, fleet: Inventory) -> None:
        fleet.sandbox.fault(path=".*", kind="status", status=403, times=1)
        with pytest.raises(AnsibleParserError, match="403") as caught:
            fleet.parse()
        assert TOKEN not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None

    def test_no_connection(self, fleet: Inventory) -> None:
        with pytest.raises(AnsibleParserError, match="check environment_url"):
            fleet.parse(environment_url="http://127.0.0.1:1")

    @pytest.mark.parametrize(
        "body", [None, {}, [], {"activeGates": None}, {"activeGates": [{"id": "1", "modules": [1]}]}]
    )
    def test_an_answer_of_another_shape(self, fleet: Inventory, body: Any) -> None:
        with Server(otherwise=reply(200, body)) as server, pytest.raises(AnsibleParserError, match="was expected"):
            fleet.parse(environment_url=server.url)

    def test_a_secret_in_an_answer_is_masked(self, fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError

        def refuse(api: Any, query: Any) -> Any:
            raise StateError(f"the server said {TOKEN}")

        monkeypatch.setattr(ActiveGateApi, "activegates", refuse)
        with pytest.raises(AnsibleParserError) as caught:
            fleet.parse()
        assert TOKEN not in str(caught.value)

    @pytest.mark.parametrize("name", ["environment_url", "validate_certs", "retries"])
    @pytest.mark.parametrize("form", ["{}", "https://dt.example.com/?token={}", ["{}"]], ids=str)
    def test_a_token_in_the_wrong_place_is_masked(self, fleet: Inventory, name: str, form: str | list[str]) -> None:
        token = "dt0c01.OTHER.OTHERSECRET"
        given = form.format(token) if isinstance(form, str) else [token]
        with pytest.raises(AnsibleParserError) as caught:
            fleet.parse(**{name: given})
        assert token not in str(caught.value)

    def test_without_requests(self, fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(activegates, "IMPORT_ERROR", "no")
        with pytest.raises(
            AnsibleParserError, match=r"pip install requests\..*ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true"
        ):
            fleet.parse()

    def test_what_cannot_be_read_names_the_option(self, fleet: Inventory) -> None:
        with pytest.raises(AnsibleParserError, match=r"api_token: .*is undefined") as caught:
            fleet.parse(api_token="{{ nowhere }}")
        assert caught.value.obj is None

    def test_no_dictionary(self, tmp_path: Path) -> None:
        with pytest.raises(AnsibleParserError, match="must be a dictionary of options"):
            Parsed(tmp_path, "- plugin\n", True)

    def test_an_option_that_is_not_there_is_told(self, fleet: Inventory, capsys: pytest.CaptureFixture[str]) -> None:
        fleet.parse(filtres={"os_type": "LINUX"})
        assert f"{NAME} has no option filtres" in capsys.readouterr().err

    def test_another_plugins_file(self, tmp_path: Path) -> None:
        with pytest.raises(AnsibleParserError, match="plugin name"):
            Parsed(tmp_path, "plugin: community.general.cobbler\n", True)


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("activegates.yml", True),
        ("prod.activegates.yaml", True),
        ("prod_activegates.yml", True),
        ("activegates.json", False),
        ("activegate.yml", False),
        ("hosts.yml", False),
    ],
)
def test_file_names(tmp_path: Path, name: str, is_ours: bool) -> None:
    path = tmp_path / name
    assert activegates.InventoryModule().verify_file(str(path)) is False
    path.write_text("---\n", encoding="utf-8")
    assert activegates.InventoryModule().verify_file(str(path)) is is_ours


def test_a_file_of_another_name_is_told_the_names(tmp_path: Path) -> None:
    ours = [f"plugin: {NAME}\n", f'# prod\n"plugin" : "{NAME}"\n', f'{{"plugin":"{NAME}"}}']
    for number, text in enumerate([*ours, "plugin: community.general.cobbler\n", f"all: {NAME}\n", "\udcff"]):
        path = tmp_path / f"hosts{number}.yml"
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        plugin = activegates.InventoryModule()
        said: list[str] = []
        plugin.display = type("Display", (), {"warning": lambda self, text, said=said: said.append(text)})()
        assert plugin.verify_file(str(path)) is False
        assert [f"{path} names the plugin {NAME}" in text and "activegates.yaml" in text for text in said] == [True] * (
            number < len(ours)
        )


def documents(text: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]


def test_examples_work(fleet: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNATRACE_ENV_URL", fleet.sandbox.url)
    monkeypatch.setenv("DYNATRACE_API_TOKEN", TOKEN)
    found = documents(activegates.EXAMPLES)
    assert found
    for example in found:
        used = {
            **example,
            **dict.fromkeys([name for name in ("environment_url", "api_token") if name in example]),
            "strict": True,
            "cache_connection": str(fleet.folder / "cache"),
            "cache_plugin": "jsonfile",
        }
        given = {name: value for name, value in used.items() if value is not None}
        assert Parsed(fleet.folder, given, True).hosts


def listed(config: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(config), "--list", *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **env},
    )


def test_through_ansible_itself(fleet: Inventory) -> None:
    rename(fleet, "907316642", EVIL)
    path = fleet.folder / "activegates.yml"
    config = {
        "plugin": NAME,
        "api_token": "{{ lookup('env', 'MY_TOKEN') }}",
        "keyed_groups": [{"key": "dynatrace_os_type | lower", "prefix": "os"}],
    }
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    done = listed(path, DYNATRACE_ENV_URL=fleet.sandbox.url, MY_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert set(shown["activegates"]["hosts"]) == {*ALL - {SECOND}, "907316642"}
    assert shown["os_windows"]["hosts"] == [WINDOWS]
    # From 2.19 on, ansible-inventory says of every text that is not a template that it is none.
    assert shown["_meta"]["hostvars"][LINUX]["dynatrace_id"] in ("1730152904", {"__ansible_unsafe": "1730152904"})
    assert "evaluated" not in done.stdout
    assert len(fleet.queries) == 1
    # Of another name.
    done = listed(path.rename(fleet.folder / "prod.yml"), DYNATRACE_ENV_URL=fleet.sandbox.url, MY_TOKEN=TOKEN)
    said = " ".join(done.stderr.split())
    assert "only from a file whose name ends in activegates.yml or activegates.yaml" in said, done.stderr
    assert len(fleet.queries) == 1
    (fleet.folder / "prod.yml").rename(path)
    # Refused, at the highest verbosity.
    token = "dt0c01.SANDBOX.NOBODYKNOWSTHIS"
    fleet.sandbox.fault(path=".*", kind="status", status=401, times=9)
    env = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", "ANSIBLE_DISPLAY_TRACEBACK": "always"}
    done = listed(path, "-vvvv", DYNATRACE_ENV_URL=fleet.sandbox.url, MY_TOKEN=token, **env)
    assert done.returncode != 0
    assert "401" in done.stderr
    assert "NOBODYKNOWSTHIS" not in done.stdout + done.stderr
