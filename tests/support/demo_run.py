"""`./zvonok run` without a token, in a process of its own and on a folder of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.waiting import PATIENCE

PROJECT = Path(__file__).parents[2]
MONDAY = "2026-11-23T10:00+03:00"
LEFT_OUT = ("BOT_TOKEN", "DATABASE_URL", "WEBHOOK_URL", "PUBLIC_URL")


class Run:
    """The process, and what it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def ready(self) -> str:
        """The address, once it is said again."""
        assert self.process.stdout is not None
        async with asyncio.timeout(2 * PATIENCE):
            async for line in self.process.stdout:
                self.said.append(line.decode())
                if "Готово: " in self.said[-1]:
                    return self.said[-1].split("Готово: ")[1].strip()
        raise AssertionError("".join(self.said))

    async def ends(self) -> int:
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@asynccontextmanager
async def demo_run(folder: Path) -> AsyncIterator[Run]:
    """The demo of a Monday for the length of a block; entered again with its folder, it is the same demo."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    environment |= {"DATA_DIR": str(folder), "HTTP_PORT": "0", "ZVONOK_NOW": MONDAY}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=PROJECT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Run(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
