"""A letter from somebody outside the chat: shown, with its links, and unknown to the bot."""

import aiohttp

from bot.sandbox.client import Sandbox
from bot.sandbox.server import SandboxServer


async def test_a_friends_letter_is_shown_with_its_links_and_the_bot_learns_nothing() -> None:
    server = SandboxServer(username="school_bot")
    async with server.running() as url, Sandbox.connect(url) as telegram:
        mother = await telegram.person("Елена")
        raw = await telegram.post(
            f"/sandbox/people/{mother.id}/friend", {"text": "Это для вас: https://t.me/school_bot?start=abc"}
        )
        assert (raw["from"], raw["person"]) == ("friend", mother.id)
        assert 'data-start="abc"' in raw["html"]
        assert mother.unread == 1
        assert await telegram.pending_updates() == 0


async def test_an_empty_letter_of_a_friend_is_refused() -> None:
    async with SandboxServer().running() as url, aiohttp.ClientSession() as session:
        async with session.post(f"{url}/sandbox/people", json={"first_name": "Елена"}) as made:
            person = (await made.json())["id"]
        async with session.post(f"{url}/sandbox/people/{person}/friend", json={"text": "  "}) as refused:
            assert (refused.status, (await refused.json())["error"]) == (400, "bad_request")
        async with session.post(f"{url}/sandbox/people/{person}/friend", json={}) as refused:
            assert refused.status == 400
