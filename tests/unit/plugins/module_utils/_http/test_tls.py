# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and proxies."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    CollectionError,
    InputError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.tls import check_files, final_failure
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.server import Closing, Received, Server, receive, refusing_port, reply

from .conftest import Connect, call

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


@dataclass(frozen=True)
class Identity:
    cert: str
    key: str

    def context(self, client_ca: str | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        return context


def self_signed(folder: Path, name: str, address: str) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    cert = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Identity(str(folder / f"{name}.crt"), str(folder / f"{name}.key"))
    Path(files.cert).write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    Path(files.key).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def here(folder: Path) -> Identity:
    return self_signed(folder, "here", "127.0.0.1")


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Identity:
    return self_signed(folder, "elsewhere", "127.0.0.9")


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_certificate_is_final(connect: Connect, here: Identity, method: str) -> None:
    with (
        Server(reply(200, {}), tls=here.context()) as server,
        pytest.raises(TransportError, match=r"not trusted \(self.signed certificate\); give ca_path"),
    ):
        call(connect(server), method)
    assert (server.connections, server.requests) == (1, [])


def test_another_hosts_certificate_is_called_so(connect: Connect, elsewhere: Identity) -> None:
    wrong = pytest.raises(TransportError, match=r"not accepted: .*127\.0\.0\.1")
    with wrong, Server(reply(200, {}), tls=elsewhere.context()) as server:
        connect(server, ca_path=elsewhere.cert).delete("/v2/x")
    assert server.connections == 1


@pytest.mark.parametrize("bundle", [None, "elsewhere", "missing"])
@pytest.mark.parametrize("how", ["ca_path", "unchecked"])
def test_the_options_win_over_the_environment(
    connect: Connect, here: Identity, elsewhere: Identity, monkeypatch: pytest.MonkeyPatch, bundle: str | None, how: str
) -> None:
    if bundle:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, elsewhere.cert if bundle == "elsewhere" else "/nonexistent")
    options: dict[str, Any] = {"ca_path": here.cert} if how == "ca_path" else {"validate_certs": False}
    with Server(reply(200, {"ok": 1}), tls=here.context()) as server:
        assert call(connect(server, **options), "get") == {"ok": 1}


def test_the_environments_bundle_counts_without_an_option(
    connect: Connect, here: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", here.cert)
    with Server(reply(200, {}), tls=here.context()) as server:
        call(connect(server), "get")


def test_a_client_certificate(connect: Connect, here: Identity, elsewhere: Identity) -> None:
    with Server(reply(200, {}), tls=here.context(elsewhere.cert)) as server:
        call(connect(server, ca_path=here.cert, client_cert=elsewhere.cert, client_key=elsewhere.key), "get")
    assert len(server.requests) == 1


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
@pytest.mark.parametrize("file", ["/nonexistent/file.pem", "garbage"])
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_file_that_is_of_no_use(
    connect: Connect, here: Identity, tmp_path: Path, option: str, file: str, method: str
) -> None:
    if file == "garbage":
        file = str(tmp_path / "garbage")
        Path(file).write_text("this is not a certificate\n")
    options: dict[str, Any] = {"ca_path": here.cert, "client_cert": here.cert, "client_key": here.key, option: file}
    with Server(reply(200, {}), tls=here.context()) as server, pytest.raises(InputError, match=option):
        call(connect(server, **options), method)
    assert server.requests == []


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "link to a pipe", "folder"])
def test_what_is_no_file_is_not_read(here: Identity, tmp_path: Path, option: str, kind: str) -> None:
    """A pipe would be waited for, and a device read, for ever."""
    path = tmp_path / kind
    if kind == "device":
        path = Path("/dev/zero")
    elif kind == "socket":
        path = Path(f"/tmp/{os.getpid()}.socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(tmp_path / "pipe")
        if kind != "pipe":
            path.symlink_to(tmp_path / "pipe")
    options = {"ca_path": here.cert, "client_cert": here.cert, "client_key": here.key, option: str(path)}
    try:
        if (option, kind) == ("ca_path", "folder"):
            check_files(**options)  # certificates may lie in one
            return
        with pytest.raises(InputError, match=f"{option}: .* is not a file"):
            check_files(**options)
    finally:
        if kind == "socket":
            path.unlink()


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
@pytest.mark.parametrize("path", ["/tmp/a\x00b", "/tmp/\ud800"])
def test_what_is_no_path(here: Identity, option: str, path: str) -> None:
    options = {"ca_path": here.cert, "client_cert": here.cert, "client_key": here.key, option: path}
    with pytest.raises(InputError, match=f"{option} is not a path") as caught:
        check_files(**options)
    assert caught.value.msg.isprintable()


def test_a_key_without_its_certificate(here: Identity) -> None:
    with pytest.raises(InputError, match="client_key needs client_cert"):
        check_files(None, None, here.key)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)",
            "not trusted (unable to get local issuer certificate); give ca_path",
        ),
        ("certificate verify failed: self-signed certificate (_ssl.c:1)", "not trusted (self-signed certificate)"),
        ("certificate verify failed: certificate has expired (_ssl.c:1)", "not accepted: certificate has expired"),
        ("hostname 'a' doesn't match 'b'", "not accepted: hostname 'a' doesn't match 'b'"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1)", "does not speak TLS there"),
        ("[SSL] record layer failure (_ssl.c:1)", "does not speak TLS there"),
        ("EOF occurred in violation of protocol (_ssl.c:1)", None),
        ("", None),
        # What repeats names of the server's certificate is matched in linear time.
        ("certificate verify failed" + " " * 5_000_000, "not accepted: "),
        ("hostname '" * 500_000, None),
    ],
)
def test_what_a_failed_handshake_means(text: str, said: str | None) -> None:
    started = time.monotonic()
    found = final_failure(text)
    assert time.monotonic() - started < 5
    assert found is None if said is None else said in (found or "")


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_server_without_tls(connect: Connect, method: str) -> None:
    with (
        Server(otherwise=reply(200, {})) as server,
        pytest.raises(TransportError, match="does not speak TLS") as caught,
    ):
        call(connect(server.url.replace("http:", "https:"), retries=0), method)
    assert not isinstance(caught.value, LostAnswerError)
    assert server.requests == []


def test_what_is_on_this_machine_is_not_asked_for_at_a_proxy(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over plain http the token would travel to the proxy in clear."""
    with Server(otherwise=reply(200, {})) as proxy, Server(reply(200, {"ok": 1})) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert call(connect(server), "get") == {"ok": 1}
    assert proxy.requests == []


def proxied(monkeypatch: pytest.MonkeyPatch, connect: Connect, port: int, **options: Any) -> Client:
    monkeypatch.setenv("https_proxy", f"http://me:HIDDEN@127.0.0.1:{port}")
    return connect("https://abc12345.live.dynatrace.com", **options)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_proxy_that_refuses(connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    with Server(otherwise=reply(407)) as proxy, pytest.raises(TransportError, match="proxy") as caught:
        call(proxied(monkeypatch, connect, proxy.port, retries=1), method)
    assert not isinstance(caught.value, LostAnswerError)
    assert "HIDDEN" not in caught.value.msg
    assert [one.method for one in proxy.requests] == ["CONNECT", "CONNECT"]
    assert "authorization" not in proxy.requests[0].headers


@pytest.mark.parametrize("method", ["get", "delete"])
def test_no_proxy_where_one_should_be(connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    with pytest.raises(TransportError, match="proxy") as caught:
        call(proxied(monkeypatch, connect, refusing_port(), retries=1), method)
    assert not isinstance(caught.value, LostAnswerError)
    assert "HIDDEN" not in caught.value.msg


def test_a_write_that_is_lost_behind_a_proxy_is_not_sent_again(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, here: Identity
) -> None:
    arrived: list[Received] = []

    def tunnel(connection: socket.socket, request: Received) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.closing(here.context().wrap_socket(connection, server_side=True)) as inner:
            inner.settimeout(5)
            found = receive(inner)
            assert found is not None
            arrived.append(found)
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Closing

    with Server(otherwise=tunnel) as proxy, pytest.raises(CollectionError) as caught:
        proxied(monkeypatch, connect, proxy.port, validate_certs=False).delete("/v2/x")
    assert isinstance(caught.value, LostAnswerError)
    assert [one.method for one in arrived] == ["DELETE"]
    assert arrived[0].headers["authorization"].startswith("Api-Token")
