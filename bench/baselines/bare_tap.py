"""The bare handler: aiogram, one insert and commit, the two API calls. No inbox, no rights, no outbox."""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message, Update
from aiohttp import web
from sqlalchemy import text

from storage.engine import open_engines

api, token, database, port = sys.argv[1:]
writer, _ = open_engines(database)
bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
dispatcher = Dispatcher()
running: set[object] = set()


@dispatcher.callback_query()
async def tapped(query: CallbackQuery) -> None:
    async with writer.begin() as connection:
        row = {"who": query.from_user.id, "data": query.data}
        await connection.execute(text("INSERT INTO bare_tap VALUES (:who, :data)"), row)
    assert isinstance(query.message, Message)
    await asyncio.gather(bot(query.message.edit_text(f"Saved {query.data}")), bot(query.answer("Saved")))


async def hook(request: web.Request) -> web.Response:
    update = Update.model_validate(await request.json(), context={"bot": bot})
    running.add(task := asyncio.ensure_future(dispatcher.feed_update(bot, update)))
    task.add_done_callback(running.discard)
    return web.Response()


app = web.Application()
app.router.add_post("/webhook", hook)
web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)
