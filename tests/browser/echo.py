"""A small bot for the page's own tests: raw calls of the Bot API, taps answered when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from tests.support.waiting import PATIENCE

Json = dict[str, Any]


def keyboard(*rows: list[str] | Json) -> Json:
    """Rows of buttons whose data is their text, or a whole button as the Bot API has it."""
    built = []
    for row in rows:
        buttons = [row] if isinstance(row, dict) else [{"text": text, "callback_data": text[:30]} for text in row]
        built.append(buttons)
    return {"inline_keyboard": built}


class EchoBot:
    """Answers texts with «Эхо: …». Taps it gathers and leaves to the test: `tapped()`, `answer(…)`."""

    def __init__(self, url: str, token: str, session: aiohttp.ClientSession) -> None:
        self._base = f"{url}/bot{token}"
        self._session = session
        self._taps: asyncio.Queue[Json] = asyncio.Queue()
        self.updates: list[Json] = []
        self.echoes = True

    async def __call__(self, method: str, **params: Any) -> Any:
        """The result of a call, which must succeed."""
        async with self._session.post(f"{self._base}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], f"{method}: {answer}"
        return answer["result"]

    async def sends(self, chat: int, text: str, *rows: list[str] | Json, **params: Any) -> Json:
        """A message in HTML, with rows of buttons."""
        markup = {"reply_markup": keyboard(*rows)} if rows else {}
        sent: Json = await self("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **markup, **params)
        return sent

    async def sends_file(self, chat: int, method: str, kind: str, content: bytes, name: str, **params: Any) -> Json:
        """A document or a photo."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("chat_id", str(chat))
        for key, value in params.items():
            form.add_field(key, str(value))
        form.add_field(kind, content, filename=name)
        async with self._session.post(f"{self._base}/{method}", data=form) as response:
            answer = await response.json()
        assert answer["ok"], f"{method}: {answer}"
        result: Json = answer["result"]
        return result

    async def edits(self, message: Json, text: str, *rows: list[str] | Json) -> None:
        """Another text and keyboard in the place of the old ones."""
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self("editMessageText", **where, text=text, parse_mode="HTML", reply_markup=keyboard(*rows))

    async def tapped(self) -> Json:
        """The next callback query."""
        return await asyncio.wait_for(self._taps.get(), PATIENCE)

    async def answer(self, query: Json, text: str = "", *, alert: bool = False) -> None:
        """Answer a tap."""
        await self("answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=alert)

    def texts(self) -> list[str]:
        """What people wrote, oldest first."""
        return [update["message"].get("text", "") for update in self.updates if "message" in update]

    async def poll(self) -> None:
        """Take updates until cancelled."""
        offset = 0
        while True:
            for update in await self("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                self.updates.append(update)
                if "callback_query" in update:
                    self._taps.put_nowait(update["callback_query"])
                elif "message" in update and self.echoes:
                    await self.sends(update["message"]["chat"]["id"], f"Эхо: {update['message'].get('text', 'файл')}")


@asynccontextmanager
async def echoing(url: str, token: str) -> AsyncIterator[EchoBot]:
    """A bot that lives as long as the block."""
    async with aiohttp.ClientSession() as session:
        bot = EchoBot(url, token, session)
        async with asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(bot.poll())
            try:
                yield bot
            finally:
                polling.cancel()
                with suppress(asyncio.CancelledError):
                    await polling
