# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading CA certificates."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, MissingLibraryError
from ansible_collections.community.dynatrace.plugins.module_utils._packages import certificates as _certificate
from cryptography.hazmat.primitives import hashes

from tests.support.packages import keys

TEXT = keys().ca_pem.decode()
HEX = "0123456789abcdef" * 4
COLONS = ":".join(HEX[start : start + 2] for start in range(0, 64, 2))


def test_what_is_read() -> None:
    (found,) = _certificate.from_text(f"Bag Attributes: x\r\n{TEXT}rest", "here")
    assert (found.label, found.pem, found.subject, found.name) == ("here", TEXT, "CN=sandbox CA", "sandbox CA")
    assert found.fingerprint == keys().ca.fingerprint(hashes.SHA256()).hex()
    assert (found.not_before, found.not_after) == (keys().ca.not_valid_before_utc, keys().ca.not_valid_after_utc)


def test_windows_line_ends_are_the_same_certificate() -> None:
    assert _certificate.from_text(TEXT.replace("\n", "\r\n"), "x")[0].pem == TEXT


def test_several() -> None:
    first, second = _certificate.from_text(TEXT + TEXT, "here")
    assert (first.label, second.label) == ("here", "certificate 2 of here")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        (HEX, {HEX}),
        (f"SHA256 Fingerprint={COLONS.upper()}", {HEX}),
        (f"one {HEX} and {HEX[::-1]}.", {HEX, HEX[::-1]}),
        (HEX[:-1], set()),
        (HEX + HEX, set()),  # a SHA-512
        (f"{HEX}0", set()),
    ],
)
def test_fingerprints(text: str, found: set[str]) -> None:
    assert _certificate.fingerprints(text) == found


def test_validity_of_older_libraries() -> None:
    """Before 42, cryptography gives naive times."""

    class Old:
        not_valid_before = datetime.datetime(2026, 1, 1)
        not_valid_after = datetime.datetime(2027, 1, 1)

    begin, end = _certificate.validity(Old())
    assert (_certificate.stamp(begin), _certificate.stamp(end)) == ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert end.utcoffset() == datetime.timedelta()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (keys().ca.not_valid_after_utc, "has expired on"),
        (keys().ca.not_valid_before_utc - datetime.timedelta(days=2), "is not valid before"),
        (keys().ca.not_valid_before_utc - datetime.timedelta(hours=2), ""),  # another machine's clock
        (keys().ca.not_valid_after_utc - datetime.timedelta(seconds=1), ""),
    ],
)
def test_check_validity(moment: datetime.datetime, text: str) -> None:
    (found,) = _certificate.from_text(TEXT, "here")
    if not text:
        _certificate.check_validity(found, moment)
        return
    with pytest.raises(InputError, match=rf"here \(CN=sandbox CA\) {text} 20"):
        _certificate.check_validity(found, moment)


def test_a_file_that_is_too_large(tmp_path: object) -> None:
    path = f"{tmp_path}/large.pem"
    with open(path, "wb") as stream:
        stream.truncate(1024 * 1024 + 1)
    with pytest.raises(InputError, match="more than 1024 KB"):
        _certificate.read(path, "path")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_certificate, "IMPORT_ERROR", "Traceback")
    with pytest.raises(MissingLibraryError, match="cryptography is needed to read certificates"):
        _certificate.read("ca.pem", "path")


@pytest.mark.parametrize("path", ["pipe", "nul\0", "\ud800", "."])
def test_what_is_no_regular_file(tmp_path: Path, path: str) -> None:
    """None of them makes it wait for a writer."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="cannot read the certificate") as raised:
        _certificate.read(f"{tmp_path}/{path}", "entry 1")
    assert raised.value.msg.encode()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("-----BEGIN A-----x-----END A-----", ["A"]),
        ("-----BEGIN A-----x-----END B----------END A-----", ["A"]),
        ("-----BEGIN A----------BEGIN B-----x-----END B-----", ["B"]),
        ("-----END A----------BEGIN A-----", []),
        ("-----BEGIN A-----x-----END A-----y-----BEGIN B-----z-----END B-----", ["A", "B"]),
    ],
)
def test_blocks(text: str, kinds: list[str]) -> None:
    blocks = list(_certificate._blocks(text, _certificate._MARKER.finditer(text)))
    assert [kind for kind, dummy in blocks] == kinds
    assert all(pem.startswith(f"-----BEGIN {kind}-----") and pem.endswith(f"END {kind}-----") for kind, pem in blocks)


HOSTILE = {
    "beginnings": "-----BEGIN CERTIFICATE-----",
    "beginnings of another kind each": "-----BEGIN {}-----",
    "ends": "-----END CERTIFICATE-----",
    "dashes": "-",
    "letters": "-----BEGIN " + "A" * 50,
    "blanks": " ",
    "digits": "00:",
    "digits and blanks": "0 0",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "work", [lambda text: _certificate.from_text(text, "here"), _certificate.fingerprints], ids=["pem", "fingerprint"]
)
def test_hostile_texts_take_a_time_that_grows_with_their_size_alone(work: Callable[[str], object], piece: str) -> None:
    """2 MB are a matter of a second, and of minutes for a pattern that begins anew at each piece and looks at all that follows."""
    text = "".join(piece.replace("{}", str(number)) for number in range(2_000_000 // len(piece)))
    with contextlib.suppress(InputError):
        work(text)
