# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions by values: their order, and what latest and prefixes stand for."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import versions
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

ORDERED = [
    "1.9.300.20260101-000000",
    "1.33.5.20260101-000000",
    "1.330.51.20260127-110946",
    "1.330.102.20260203-083017",
    "1.331.24.20260209-101500",
    "1.331.60.20260210-093012",
    "1.331.60.20260212-174455",
    "1.331.60.20260212-174456",
    "2.0.0.20200101-000000",
]
FIXTURE = (
    Path(__file__).resolve().parents[6]
    / "shared/api/fixtures/GET_api_v1_deployment_installer_gateway_versions_unix.json"
)


def shuffled() -> list[str]:
    mixed = list(ORDERED)
    random.Random(7).shuffle(mixed)
    return mixed


def offer(*found: str) -> versions.VersionOffer:
    return versions.VersionOffer(found)


def test_versions_are_ordered_by_number_with_the_time_stamp_last() -> None:
    assert sorted(shuffled(), key=versions.key) == ORDERED


@pytest.mark.parametrize(
    "text",
    [None, "", "latest", "unknown", "1.x.3", "1..2", "-1.2", "1.2.3 ", "1." + "9" * 19, "1." + "9" * 5000, "1.²"],
)
def test_what_is_no_version_is_below_all(text: str | None) -> None:
    assert versions.key(text) == ()


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("1.331.24.20260209-101500", "1.331.24.20260209-101500"),
        ("latest", None),
        ("1", None),
        ("1.331", None),
        ("1.331.24", None),
    ],
)
def test_only_a_full_version_is_known_at_once(wanted: str, version: str | None) -> None:
    assert versions.target(wanted).version == version


@pytest.mark.parametrize(
    "wanted",
    [
        "Latest",
        "newest",
        "1.",
        ".1",
        "1.331.",
        "v1.331",
        "1.331.24.20260209",
        "1.331.24.x",
        "1,331",
        "1.3-1",
        " 1.3",
        "-1",
        "9" * 19,
        "1." + "9" * 5000,
        "1.٣",
    ],
)
def test_what_is_no_target_is_an_error(wanted: str) -> None:
    with pytest.raises(InputError, match="is not a version"):
        versions.target(wanted)


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("latest", "2.0.0.20200101-000000"),
        ("1", "1.331.60.20260212-174456"),
        ("1.330", "1.330.102.20260203-083017"),
        ("1.331", "1.331.60.20260212-174456"),
        ("1.331.60", "1.331.60.20260212-174456"),
        ("1.331.24", "1.331.24.20260209-101500"),
        ("1.33", "1.33.5.20260101-000000"),
        ("1.9", "1.9.300.20260101-000000"),
        ("1.77.7.20200101-000000", "1.77.7.20200101-000000"),
    ],
)
def test_latest_and_prefixes_are_the_highest_that_fits(wanted: str, version: str) -> None:
    found = versions.resolved(versions.target(wanted), offer(*shuffled()), None, "LINUX X86")
    assert found == versions.Target(wanted, version)
    assert found.posted == version


@pytest.mark.parametrize("wanted", ["1.3", "1.3310", "1.33.6", "3", "1.331.6", "0"])
def test_a_prefix_matches_whole_parts_or_is_an_error_that_says_to_quote(wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        versions.resolved(versions.target(wanted), offer(*shuffled()), "1.330.51.20260127-110946", "WINDOWS X86")
    assert f"no ActiveGate version {wanted} is available for WINDOWS X86" in caught.value.msg
    assert "quote" in caught.value.msg
    assert "1.330 as 1.33" in caught.value.msg
    assert caught.value.msg.count("-") == 5, "five of the newest are named"
    assert "2.0.0.20200101-000000, 1.331.60.20260212-174456" in caught.value.msg


def test_an_installed_version_counts_after_its_build_has_left_the_list() -> None:
    target = versions.target("1.331")
    assert versions.resolved(target, offer("1.346.9.20261028-120411"), "1.331.24.20260209-101500", "x").version == (
        "1.331.24.20260209-101500"
    )
    with pytest.raises(InputError, match="the newest are: none"):
        versions.resolved(target, offer(), "1.332.1.20260209-101500", "x")


def test_latest_stays_unknown_when_nothing_is_on_offer() -> None:
    target = versions.resolved(versions.target("latest"), offer(), "1.331.24.20260209-101500", "x")
    assert (target.is_resolved, target.posted) == (False, "latest")
    assert target.why_unresolved == "no version is on offer for x"


def test_latest_stays_unknown_when_the_offer_is_and_people_are_told_why() -> None:
    unknown = versions.VersionOffer(None, "the versions on offer cannot be read (status 403)")
    target = versions.resolved(versions.target("latest"), unknown, "1.331.24.20260209-101500", "x")
    assert (target.version, target.why_unresolved) == (None, unknown.why_unknown)
    warning = versions.unresolved_warning(target)
    assert warning is not None
    assert f"when it reports UP2DATE: {unknown.why_unknown}. With the scope InstallerDownload" in warning
    assert versions.unresolved_warning(versions.target("latest")) == ""
    assert versions.unresolved_warning(versions.Target("latest", "1.331.24.20260209-101500")) == ""


def test_a_prefix_needs_an_offer_and_a_full_version_none() -> None:
    unknown = versions.VersionOffer(None, "because")
    with pytest.raises(InputError, match=r"what it stands for is unknown: because\. Give the token the scope Install"):
        versions.resolved(versions.target("1.331"), unknown, "1.331.24.20260209-101500", "x")
    full = versions.target("1.331.24.20260209-101500")
    assert versions.resolved(full, unknown, None, "x") is full


@pytest.mark.parametrize("text", ["1", "1.331", "1.331.24", "1.331.24.20260209-101500", "1.331.24.20260209"])
def test_what_is_a_version_or_its_beginning(text: str) -> None:
    assert versions.is_version(text)


@pytest.mark.parametrize("text", ["", "x", "1.", "1.x", "latest", "1-2-3", "9" * 5000])
def test_what_is_none(text: str) -> None:
    assert not versions.is_version(text)


def test_rubbish_in_the_list_is_left_out() -> None:
    offered = ["", "latest", "9.9.9", "1.331.24.20260209-101500"]
    assert (
        versions.resolved(versions.target("latest"), offer(*offered), None, "x").version == "1.331.24.20260209-101500"
    )


@pytest.mark.parametrize(
    ("target", "version", "is_met"),
    [
        (versions.Target("1.331", "1.331.24.20260209-101500"), "1.331.24.20260209-101500", True),
        (versions.Target("1.331", "1.331.24.20260209-101500"), "1.331.24.20260209-101501", True),
        (versions.Target("1.331", "1.331.24.20260209-101500"), "1.331.24.20260208-235959", False),
        (versions.Target("1.331", "1.331.24.20260209-101500"), "1.331.24", False),
        (versions.Target("1.331", "1.331.24.20260209-101500"), None, False),
        (versions.Target("1.331"), "1.331.1.20260209-101500", True),
        (versions.Target("1.331"), "1.332.1.20260209-101500", True),
        (versions.Target("1.331"), "1.330.999.20260209-101500", False),
        (versions.Target("latest"), "1.330.999.20260209-101500", True),
        (versions.Target("latest"), "latest", False),
    ],
)
def test_whether_a_version_meets_a_target(target: versions.Target, version: str | None, is_met: bool) -> None:
    assert target.is_met_by(version) is is_met


@pytest.mark.parametrize("version", ["1.33", "1.331.24.20260209-101500", "latest", "1.331.x", ""])
def test_a_filter_takes_three_parts_only(version: str) -> None:
    with pytest.raises(InputError, match="must have three parts"):
        versions.filter_version("target_version", version)
    assert versions.filter_version("target_version", "1.331.24") == "1.331.24"


@pytest.mark.skipif(not FIXTURE.is_file(), reason="needs a captured answer beside the project")
def test_a_captured_list_is_not_sorted_and_resolves() -> None:
    offered = json.loads(FIXTURE.read_text())["availableVersions"]
    assert offered != sorted(offered, key=versions.key)
    assert (
        versions.resolved(versions.target("latest"), offer(*offered), None, "x").version == "1.221.87.20210707-201934"
    )
    assert (
        versions.resolved(versions.target("1.219"), offer(*offered), None, "x").version == "1.219.133.20210624-130507"
    )
