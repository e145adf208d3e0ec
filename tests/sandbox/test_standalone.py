"""`python -m bot.sandbox` as a process."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from bot.sandbox.client import Sandbox

ROOT = Path(__file__).parents[2]


async def test_it_prints_its_address_serves_and_stops_on_sigterm(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--token", "5:five", "--state", str(state),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            said = json.loads(await process.stdout.readline())
        assert said["token"] == "5:five"
        async with Sandbox.connect(said["url"]) as telegram:
            assert (await telegram.state())["bot"]["id"] == 5
            await telegram.person("Анна")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")
        assert json.loads(state.read_text())["people"][0]["first_name"] == "Анна"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
