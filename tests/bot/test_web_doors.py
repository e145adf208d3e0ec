"""What a school's service answers at its port: these doors and no others, and none of them for long."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from click.testing import CliRunner

from bot import commands_run
from bot.app import build
from bot.settings import Settings
from bot.web import webhook as door
from bot.web.app import make_web_app
from bot.web.webhook import SECRET_HEADER, webhook
from storage.uow import Storage
from tests.school import BOT
from tests.support import databases

DOORS = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/telegram/hook"),
    *((method, f"/mail/{deed}/{{token}}") for method in ("GET", "POST") for deed in ("confirm", "stop")),
}
SANDBOX = (
    "/",
    "/sandbox",
    "/sandbox/people",
    "/events",
    f"/bot{BOT}:{'A' * 35}/getMe",
    "/file/x",
    "/demo",
    "/static/x",
)
TRAVERSALS = ("/../../etc/passwd", "/mail/../../etc/passwd", "/mail/confirm/..%2f..%2fetc%2fpasswd", "//etc/passwd")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[web.Application]:
    """The web side of a school with a token of Telegram's."""
    settings = Settings(
        _env_file=None,
        bot_token=f"{BOT}:{'A' * 35}",
        webhook_url="https://bot.example.org/telegram/hook",
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'doors.db'}",
        secret_key="a key of the doors",
        smtp_url="smtp://127.0.0.1",
        mail_from="school@example.org",
        public_url="https://bot.example.org",
    )
    built = build(settings, storage=Storage(databases.sqlite_file(tmp_path / "doors.db")))
    yield built.runtime.web_app()
    await built.runtime.bot.session.close()
    await built.storage.close()


async def test_a_real_bots_service_has_these_doors_and_nothing_of_the_sandbox(app: web.Application) -> None:
    found = {
        (one.method, one.resource.canonical) for one in app.router.routes() if one.resource and one.method != "HEAD"
    }
    assert found == DOORS
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with ClientSession() as session:
        for path in SANDBOX:
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                assert answer.status == 404, path
    for path in TRAVERSALS:  # as they stand: a client of ours would tidy them up
        status, said = await raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status in (200, 404) and "root:" not in said, path
    await runner.cleanup()


async def raw(port: int, request: str) -> tuple[int, str]:
    """The head of the answer to a request written by hand, and what came with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    said = (await reader.read(4096)).decode()
    writer.close()
    return int(said.split()[1]), said


async def test_a_body_that_trickles_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "READ_WITHIN", 0.1)

    async def ready() -> tuple[bool, dict[str, Any]]:
        return True, {}

    async def put(updates: Any) -> None:
        raise AssertionError("nothing whole ever came")

    runner = web.AppRunner(make_web_app(ready, ("/hook", webhook("secret", put))))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: secret\r\nContent-Length: 1000\r\n\r\n"
    status, _said = await asyncio.wait_for(raw(runner.addresses[0][1], head + json.dumps({"update_id": 1})[:5]), 10)
    assert status == 408
    await runner.cleanup()


def test_the_demo_school_never_opens_where_a_real_bot_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", f"{BOT}:{'A' * 35}")
    refused = CliRunner().invoke(commands_run.demo_data, [])
    assert isinstance(refused.exception, commands_run.RealBotSet)
