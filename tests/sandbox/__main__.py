# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.sandbox``: serves until SIGTERM or SIGINT, and prints one line with its URL when it listens.

With ``--exports``, lines to paste into another terminal come after it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import socket
import sys
from pathlib import Path

try:
    import uvicorn

    from .app import Application, Options
    from .twin import TwinError
except ModuleNotFoundError as missing:
    sys.exit(
        f"The sandbox needs the Python package {missing.name}: "
        'python -m pip install asn1crypto cryptography PyYAML starlette "uvicorn[standard]"'
    )

ANY_TOKEN = "dt0c01.SANDBOX.SANDBOXTOKEN"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, token: str) -> None:
        super().__init__(config)
        self._token = token

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            print(f"sandbox listens on {url}", flush=True)
            if self._token:
                print(_exports(url, self._token), flush=True)


def _exports(url: str, token: str) -> str:
    return "\n".join(
        [
            "Paste this into another terminal:",
            f"  export DYNATRACE_ENV_URL={url}",
            f"  export DYNATRACE_API_TOKEN={token}",
            "Ctrl-C stops the sandbox.",
        ]
    )


def folder(text: str) -> Path:
    """Of the command line."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text)


def port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port: these are 0 to 65535")
    return number


def count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is less than 0")
    return number


def seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of 0 or more")
    return number


def speed(text: str) -> float:
    factor = seconds(text)
    if factor == 0:
        raise argparse.ArgumentTypeError("time would stand still")
    return factor


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port, default=8470, help="0 takes a free one")
    parser.add_argument("--token", action="append", default=[], metavar="TOKEN[=scope,scope]")
    parser.add_argument("--latency", type=seconds, default=0.0, metavar="SECONDS", help="before each answer")
    parser.add_argument(
        "--schemas", type=folder, action="append", default=[], metavar="DIR", help="more schema documents"
    )
    parser.add_argument(
        "--hub",
        type=folder,
        action="append",
        default=[],
        metavar="DIR",
        help="more signed packages that the Hub offers; certificates (*.pem) beside them may sign names that begin with com.dynatrace.",
    )
    parser.add_argument(
        "--from",
        type=Path,
        dest="recording",
        metavar="FOLDER",
        help="start as the environment was that the playbook sandbox_record recorded there",
    )
    parser.add_argument("--activegates", type=count, default=6, metavar="N", help="the size of the fleet")
    parser.add_argument("--speed", type=speed, default=1.0, metavar="N", help="60 makes a minute of job time a second")
    parser.add_argument("--exports", action="store_true", help="print the variables for another terminal, too")
    return parser


def _listener(host: str, port: int) -> socket.socket:
    """Where to listen; a SystemExit that says what to do when that is not possible."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Port {port} is in use: stop what listens there, or take another one, such as {port + 1}.")
        sys.exit(f"The sandbox cannot listen on {host}, port {port}: {error.strerror or error}.")
    return listener


def main() -> None:
    given = _parser().parse_args()
    tokens: dict[str, list[str] | None] = {}
    for text in given.token:
        token, separator, scopes = text.partition("=")
        tokens[token] = [scope for scope in scopes.split(",") if scope] if separator else None
    options = Options(
        tokens,
        given.latency,
        tuple(given.schemas),
        given.activegates,
        given.speed,
        tuple(given.hub),
        given.recording,
    )
    try:
        application = Application(options)
    except (TwinError, ValueError) as error:
        sys.exit(str(error))
    config = uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off")
    token = next(iter(tokens), ANY_TOKEN) if given.exports else ""
    # uvicorn passes Ctrl-C on when it has stopped.
    with _listener(given.host, given.port) as listener, contextlib.suppress(KeyboardInterrupt):
        _Server(config, token).run(sockets=[listener])


if __name__ == "__main__":
    main()
