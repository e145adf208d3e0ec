"""Beginning anew, as the page asks for it: the running process founds a new school, and a kill leaves nothing half."""

import asyncio
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from bot.demo import cast
from bot.sandbox.client import Sandbox
from tests.support.demo_run import demo_run
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.slow


async def asks_for_a_new_school(url: str, *, expected: int = 200) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{url}/sandbox/room/restart", json={}) as answer:
        assert answer.status == expected


def counted(folder: Path, question: str) -> int:
    with sqlite3.connect(f"file:{folder / 'demo.db'}?mode=ro", uri=True) as base:
        found: int = base.execute(question).fetchone()[0]
        return found


async def is_a_new_school(url: str, folder: Path) -> None:
    """Third lesson, everybody connected, nothing entered, no chat older than this school."""
    async with Sandbox.connect(url) as telegram:
        state = await telegram.state()
        assert state["clock"]["now"].startswith("2026-11-23T07:38")
        teacher, father = await telegram.find(cast.TEACHER.label), await telegram.find(cast.FATHER.label)
        assert (await teacher.sees(button="Посещаемость")).text.count("✅") == 0
        assert len([message for message in father.messages if message.author == "person"]) == 1
    assert counted(folder, "SELECT count(*) FROM telegram_account WHERE state = 'active'") == len(cast.CONNECTED)
    assert counted(folder, "SELECT count(*) FROM school") == 1
    assert not (folder / "demo-is-not-whole").exists()


async def test_the_running_process_founds_a_new_school_at_the_same_address(tmp_path: Path) -> None:
    async with demo_run(tmp_path) as run:
        url = await run.ready()
        async with Sandbox.connect(url) as telegram:
            teacher = await telegram.find(cast.TEACHER.label)
            await teacher.taps("Все присутствуют", then="✅ Посещаемость")
            await telegram.jump("morning")
        await asks_for_a_new_school(url)
        assert await run.ready() == url
        await is_a_new_school(url, tmp_path)
        await asks_for_a_new_school(url)  # and once more
        await run.ready()
        await is_a_new_school(url, tmp_path)
        assert await run.ends() == 0


async def test_a_second_request_while_the_new_school_is_founded_is_refused(tmp_path: Path) -> None:
    async with demo_run(tmp_path) as run:
        url = await run.ready()
        async with aiohttp.ClientSession() as session:
            answers = await asyncio.gather(
                *(session.post(f"{url}/sandbox/room/restart", json={}) for _ in range(2)), return_exceptions=True
            )
            assert sorted(answer.status for answer in answers if isinstance(answer, aiohttp.ClientResponse)) == [
                200,
                409,
            ]
        await run.ready()
        await is_a_new_school(url, tmp_path)


async def test_a_kill_while_beginning_anew_leaves_a_whole_new_school_at_the_next_start(tmp_path: Path) -> None:
    async with demo_run(tmp_path) as run:
        url = await run.ready()
        async with Sandbox.connect(url) as telegram:
            await (await telegram.find(cast.TEACHER.label)).taps("Все присутствуют", then="✅ Посещаемость")
        await asks_for_a_new_school(url)
        run.process.kill()
        await run.process.wait()
    for _ in range(2):  # and a kill in the midst of founding
        async with demo_run(tmp_path) as run:
            assert run.process.stdout is not None
            while "Загружаем" not in (await asyncio.wait_for(run.process.stdout.readline(), PATIENCE)).decode():
                pass
            run.process.kill()
            await run.process.wait()
    async with demo_run(tmp_path) as run:
        await is_a_new_school(await run.ready(), tmp_path)
        assert await run.ends() == 0


async def test_a_page_of_another_site_cannot_ask_for_a_new_school(tmp_path: Path) -> None:
    async with demo_run(tmp_path) as run:
        url = await run.ready()
        async with (
            aiohttp.ClientSession(headers={"Origin": "https://example.org"}) as session,
            session.post(f"{url}/sandbox/room/restart", json={}) as answer,
        ):
            assert answer.status == 403
        assert not (tmp_path / "demo-is-not-whole").exists()
