"""The bare loop: `send_message` to every chat, eight at a time. No ledger, no limits."""

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer


async def main(api: str, token: str, count: str, width: str) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    chats = iter(range(1, int(count) + 1))
    print("ready", flush=True)
    sys.stdin.readline()

    async def carry() -> None:
        for chat in chats:
            await bot.send_message(chat, f"Пётр: алгебра — 5 (контрольная работа) {chat}", parse_mode="HTML")

    await asyncio.gather(*(carry() for _ in range(int(width))))
    await bot.session.close()


asyncio.run(main(*sys.argv[1:]))
