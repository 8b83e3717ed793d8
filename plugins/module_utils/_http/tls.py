# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Certificates: the files that the user names, checked before anything is sent, and what a failed handshake means."""

from __future__ import annotations

import os
import re
import ssl
import stat

from .._errors import InputError

_NOT_VERIFIED = re.compile(r"certificate verify failed:?", re.IGNORECASE)
_END_OF_REASON = "(_ssl.c"
# urllib3 1.26 compares the names itself.
_OTHER_NAME = re.compile(r"hostname '[^']*' doesn't match [^\")]*")
_MOST_TEXT = 2000
# OpenSSL's words for an issuer that it does not know.
_UNKNOWN_ISSUER = ("issuer", "self signed", "self-signed", "first certificate")
_NO_TLS = re.compile(r"wrong[ _]version[ _]number|unknown[ _]protocol|record[ _]layer[ _]failure", re.IGNORECASE)


def check_files(ca_path: str | None, client_cert: str | None, client_key: str | None) -> None:
    """Raises InputError for a file that is missing or holds something else; met later, it would look like a lost connection."""
    for name, path in {"ca_path": ca_path, "client_cert": client_cert, "client_key": client_key}.items():
        if path:
            _check_kind(name, path)
    if client_key and not client_cert:
        raise InputError("client_key needs client_cert")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_path:
        _check_authorities(context, ca_path)
    if client_cert:
        _check_certificate(context, client_cert, client_key)


def _check_kind(name: str, path: str) -> None:
    """What is not a file would be read for ever: a pipe, a device."""
    try:
        mode = os.stat(path).st_mode
    except ValueError:
        raise InputError(f"{name} is not a path: it holds a character that is not allowed in paths") from None
    except OSError as error:
        raise InputError(f"{name}: there is no file {path} that can be read: {error.strerror}") from None
    if not stat.S_ISREG(mode) and not (name == "ca_path" and stat.S_ISDIR(mode)):
        raise InputError(f"{name}: {path} is not a file{' and no folder' if name == 'ca_path' else ''}")


def _check_authorities(context: ssl.SSLContext, ca_path: str) -> None:
    kind = "capath" if os.path.isdir(ca_path) else "cafile"
    try:
        context.load_verify_locations(**{kind: ca_path})
    except OSError as error:
        raise InputError(f"ca_path: cannot read certificates from {ca_path}: {error}") from None


def _check_certificate(context: ssl.SSLContext, client_cert: str, client_key: str | None) -> None:
    try:
        # The password keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(client_cert, client_key, password="")
    except (OSError, ValueError) as error:
        files = f"{client_cert} and {client_key}" if client_key else client_cert
        raise InputError(
            f"client_cert, client_key: cannot read a certificate and its key, without a password, from {files}: {error}"
        ) from None


def final_failure(text: str) -> str | None:
    """What ``text``, the words of a TLS error, means if it came before anything was sent and will come again; else None."""
    text = text[:_MOST_TEXT]  # it may repeat names from the server's certificate
    refused = _NOT_VERIFIED.search(text)
    if refused:
        reason = text[refused.end() :].partition(_END_OF_REASON)[0].strip()
        if any(words in reason for words in _UNKNOWN_ISSUER):
            return f"the server's certificate is not trusted ({reason}); give ca_path, the certificate authority it comes from"
        return f"the server's certificate is not accepted: {reason}"
    other = _OTHER_NAME.search(text)
    if other:
        return f"the server's certificate is not accepted: {other.group()}"
    if _NO_TLS.search(text):
        return "the server does not speak TLS there: check scheme and port of the address"
    return None
