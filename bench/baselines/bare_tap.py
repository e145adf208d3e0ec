"""The bare handler: aiogram as it comes, one insert and commit, the two API calls. No inbox, no rights, no outbox."""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from sqlalchemy import text

from bot import loop
from storage.engine import open_engines


async def main(api: str, token: str, database: str, port: str) -> None:
    writer, _ = open_engines(database)
    bot, dispatcher = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api))), Dispatcher()

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        async with writer.begin() as connection:
            row = {"who": query.from_user.id, "data": query.data}
            await connection.execute(text("INSERT INTO bare_tap VALUES (:who, :data)"), row)
        assert isinstance(query.message, Message)
        await asyncio.gather(bot(query.message.edit_text(f"Saved {query.data}")), bot(query.answer("Saved")))

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(app, "/webhook")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port)).start()
    await asyncio.Event().wait()


loop.run(main(*sys.argv[1:]))
