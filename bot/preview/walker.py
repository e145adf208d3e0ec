"""Takes people of the demo school from screen to screen, and keeps what they saw."""

from bot.preview.page import Album
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.seen import Message


class Walker:
    """Taps and types as people do; a chapter names whose phone it is."""

    def __init__(self, telegram: Sandbox, album: Album) -> None:
        self.telegram = telegram
        self.album = album

    async def person(self, who: int) -> Person:
        """Somebody with a phone in the pocket Telegram."""
        return await self.telegram.find(who)

    def take(self, chapter: str, title: str, message: Message) -> None:
        """Keep a message as it stands."""
        self.album.take(chapter, title, message)

    async def types(self, chapter: str, one: Person, text: str, title: str) -> Message:
        """Write to the bot and keep its answer; without a title it isn't kept."""
        since = one.mark()
        await one.types(text)
        screen = await one.sees(since=since)
        if title:
            self.album.take(chapter, title, screen)
        return screen

    async def menu(self, one: Person) -> Message:
        """The menu, whatever letter comes beside it."""
        since = one.mark()
        await one.types("/start")
        return await one.sees(button="Переписка", since=since)

    async def step(
        self, chapter: str, one: Person, message: Message, label: str, title: str, *, exact: bool = False
    ) -> Message:
        """Tap and keep what it led to; without a title it isn't kept."""
        since = one.mark()
        shown, wanted = next(
            (shown, text)
            for shown in (message, *reversed(one.letters))  # a letter may have come after the screen that is meant
            for text in shown.buttons
            if (text == label if exact else label in text)
        )
        answer = await one.taps(wanted, shown)
        screen = await one.sees(since=since)
        if title:
            self.album.take(chapter, title, screen, answer)
        return screen
