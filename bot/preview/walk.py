"""A walk through the demo school: everybody opens what they have, and each screen and letter is kept as it was."""

from pathlib import Path

from bot.demo.life import begin
from bot.preview.chapters import CHAPTERS
from bot.preview.page import Album
from bot.preview.walker import Walker
from bot.sandbox.client import Sandbox
from bot.settings import Settings


async def walk(settings: Settings) -> Album:
    """Live a school day of a new demo school; the album of what was on the phones."""
    album = Album()
    demo = await begin(settings, lambda line: None)
    await demo.app.start()
    try:
        await demo.live()
        async with Sandbox.connect(settings.bot_api_base) as telegram:
            walker = Walker(telegram, album)
            for chapter in CHAPTERS:
                await chapter(walker)
    finally:
        await demo.app.stop()
    return album


def default_path(settings: Settings) -> Path:
    """Where the page goes when nobody says where."""
    return settings.data_dir / "preview.html"
