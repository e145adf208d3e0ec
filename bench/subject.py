"""Processes to be measured: started, waited for, talked to, ended."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE = 120.0  # seconds for a start on a busy machine


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


class Subject:
    """A process of ours; its log is in a file, its standard output too unless it is a pipe to talk through."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    async def listens(self, port: int) -> None:
        """Return when it takes connections. Raises RuntimeError with its log when it ended instead."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if self.process.returncode is not None:
                    raise RuntimeError(self._log.read_text(errors="replace"))
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.01)
                else:
                    writer.close()
                    return

    async def says(self) -> str:
        """Its next line. Raises RuntimeError with its log when it ended instead."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(self._log.read_text(errors="replace"))
        return line.decode().strip()

    def tell(self, line: str) -> None:
        """A line for it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())


@asynccontextmanager
async def running(
    words: list[str], folder: str, *, talks: bool = False, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Subject]:
    """`python WORDS`, ended with the block."""
    log = Path(folder, f"{words[-1].rpartition('/')[2]}.log")
    pipe = asyncio.subprocess.PIPE
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            stdin=pipe if talks else asyncio.subprocess.DEVNULL,
            stdout=pipe if talks else out,
            stderr=out,
            env=os.environ | (environment or {}),
        )
        try:
            yield Subject(process, log)
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Who is talked to ends when nobody talks any more; the others are asked to."""
    if process.stdin is not None:
        process.stdin.close()
    elif process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def serving_taps(words: list[str], folder: str) -> AsyncIterator[str]:
    """A process that takes taps at the port that is its last word; its webhook's address."""
    port = free_port()
    async with running([*words, str(port)], folder) as subject:
        await subject.listens(port)
        yield f"http://127.0.0.1:{port}/webhook"
