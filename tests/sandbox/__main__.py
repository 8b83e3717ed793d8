# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.sandbox``: serves until SIGTERM or SIGINT, and prints one line with its URL when it listens."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

import uvicorn

from .app import Application, Options


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"sandbox listens on http://{host}:{port}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8470, help="0 takes a free one")
    parser.add_argument("--token", action="append", default=[], metavar="TOKEN[=scope,scope]")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    parser.add_argument(
        "--schemas", type=Path, action="append", default=[], metavar="DIR", help="more schema documents"
    )
    parser.add_argument(
        "--hub",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="more signed packages that the Hub offers; certificates (*.pem) beside them may sign names that begin with com.dynatrace.",
    )
    parser.add_argument("--activegates", type=int, default=6, metavar="N", help="the size of the fleet")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="60 makes a minute of job time a second")
    return parser


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
    )
    config = uvicorn.Config(Application(options), log_level="warning", access_log=False, lifespan="off")
    with socket.socket(socket.AF_INET6 if ":" in given.host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((given.host, given.port))
        _Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
