"""The start: `python -m bot run` as a school runs it, from nothing to the answer to the first tap; and the demo."""

import statistics
import tempfile
import time
from pathlib import Path

from bench.api import SECRET, TOKEN, Api, serving
from bench.evening import memory
from bench.place import SQLITE, Place, opened
from bench.school import NOW, Roll, fill
from bench.sizes import Sizes
from bench.subject import PATIENCE, free_port, running
from bench.table import Row, judged
from bench.taps import Teachers, fingers
from bot.settings import SECRETS, Settings

SECONDS_TARGET, MEMORY_TARGET = 5.0, 250.0
MB = 1e6

Start = tuple[float, float, float]  # seconds; MB held at most until then, and then


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Seconds and memory of the service: the median start. On SQLite those of the demo too, which has no target."""
    roll = Roll(sizes.teachers, mode="digest")
    with place.base() as url:
        storage = await opened(url)
        await fill(storage, roll)
        await storage.close()
        async with serving() as api, fingers(api) as finger:
            port = free_port()
            teachers = Teachers(roll, finger, f"http://127.0.0.1:{port}/webhook")
            found = [await _service(api, url, port, teachers) for _ in range(sizes.starts)]
    seconds, most, held = _median(found)
    rows = [
        judged(f"start: to the first answer, {place.name}", seconds, "s", "≤", SECONDS_TARGET),
        judged(f"start: memory at most until then, {place.name}", most, "MB", "≤", MEMORY_TARGET),
        Row(f"start: memory then, {place.name}", held, "MB"),
    ]
    if place.engine == SQLITE:
        seconds, most, _ = _median([await _demo() for _ in range(sizes.starts)])
        rows += [
            Row(f"start: the demo, from an empty folder, {place.name}", seconds, "s"),
            Row(f"start: the demo, memory at most until then, {place.name}", most, "MB"),
        ]
    return rows


def _median(found: list[Start]) -> Start:
    seconds, most, held = (statistics.median(one) for one in zip(*found, strict=True))
    return seconds, most, held


async def _service(api: Api, url: str, port: int, teachers: Teachers) -> Start:
    """A school's service, taps coming by webhook: until the first is answered."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_BASE": api.url,
            "DATABASE_URL": url,
            "DATA_DIR": folder,
            "HTTP_PORT": str(port),
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/webhook",
            "WEBHOOK_SECRET": SECRET,
            "ZVONOK_NOW": NOW.isoformat(),
        }
        begun = time.perf_counter()
        async with running(["-m", "bot", "run"], folder, environment=_only(chosen)) as service:
            await service.listens(port)
            await teachers.flat_out(1)
            return time.perf_counter() - begun, memory(service.pid, "VmHWM") / MB, memory(service.pid) / MB


async def _demo() -> Start:
    """The demo school in a new folder, with its page of phones: until it says that it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        chosen = {"DATA_DIR": str(Path(folder, "data")), "HTTP_PORT": str(port)}
        begun = time.perf_counter()
        async with running(["-m", "bot", "run"], folder, talks=True, environment=_only(chosen)) as demo:
            while f":{port}" not in await demo.says():
                if time.perf_counter() - begun > PATIENCE:
                    raise TimeoutError("the demo doesn't get ready")
            found = time.perf_counter() - begun, memory(demo.pid, "VmHWM") / MB, memory(demo.pid) / MB
            demo.process.terminate()
            return found


def _only(chosen: dict[str, str]) -> dict[str, str]:
    """These settings, and none of this machine's own: what is empty is absent."""
    named = {name.upper() for name in Settings.model_fields}
    return dict.fromkeys([*named, *(f"{name}_FILE" for name in SECRETS)], "") | chosen
