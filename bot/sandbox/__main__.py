"""`python -m bot.sandbox`: the pocket Telegram alone, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from bot.sandbox.callbacks import CALLBACK_LIFETIME
from bot.sandbox.limits import Limits
from bot.sandbox.server import DEFAULT_TOKEN, SandboxServer
from bot.sandbox.webhook import FIRST_RETRY


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the bot's token; its number is the bot's id")
    parser.add_argument("--username", default="pocket_bot")
    parser.add_argument("--name", default="Pocket Bot")
    parser.add_argument("--state", type=Path, help="JSON file in which chats outlive a restart")
    parser.add_argument("--callback-lifetime", type=float, default=CALLBACK_LIFETIME, help="seconds")
    parser.add_argument("--webhook-retry", type=float, default=FIRST_RETRY, help="first pause in seconds")
    parser.add_argument("--no-limits", action="store_true", help="let the bot write as fast as it likes")
    return parser.parse_args(argv)


async def serve(options: argparse.Namespace) -> None:
    """Run until a signal."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, stopped.set)
    server = SandboxServer(
        options.token,
        username=options.username,
        name=options.name,
        state_file=options.state,
        callback_lifetime=options.callback_lifetime,
        webhook_retry=options.webhook_retry,
        limits=None if options.no_limits else Limits(),
    )
    async with server.running(options.host, options.port) as url:
        sys.stdout.write(json.dumps({"url": url, "token": options.token}) + "\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
