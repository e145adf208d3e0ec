"""The bare loop: `send_message` to every chat, eight at a time, once for each line. No ledger, no limits."""

import asyncio
import sys
from collections.abc import Iterator

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot import loop


async def main(api: str, token: str, count: str, width: str) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        chats = iter(range(1, int(count) + 1))

        async def carry(chats: Iterator[int] = chats) -> None:
            for chat in chats:
                await bot.send_message(chat, f"Пётр: алгебра — 5 (контрольная работа) {chat}", parse_mode="HTML")

        await asyncio.gather(*(carry() for _ in range(int(width))))
        print("ready", flush=True)
    await bot.session.close()


loop.run(main(*sys.argv[1:]))
