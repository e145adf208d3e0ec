"""What people see when something can't be done; failures of ours go on to the lane."""

from html import escape

from aiogram import Bot
from aiogram.types import Update, User

from services.i18n import DEFAULT_LOCALE, N_, gettext, locales, speaking

ALERT_LIMIT = 200  # signs in the answer to a tap

ALREADY_SAVED = N_("Already saved.")
SORRY = N_("Something went wrong on our side. It is being looked into. Please try again in a while.")
TOO_MANY = N_(
    "You write faster than I can read: your last messages were left unread. Wait a minute and send them again."
)


async def tell(bot: Bot, update: Update, sentence: str) -> None:
    """Say a sentence (an msgid) in the language of the person's messenger, where ours is not known."""
    event = update.callback_query or update.message
    user = event.from_user if event is not None else None
    with speaking(language_of(user)):
        await say(bot, update, gettext(sentence))


def language_of(user: User | None) -> str:
    """The language of somebody's messenger, if we speak it."""
    code = ((user.language_code if user is not None else None) or "").partition("-")[0]
    return code if code in locales() else DEFAULT_LOCALE


async def say(bot: Bot, update: Update, text: str) -> None:
    """Tell the person behind an update: in a window over a tap, else as a message."""
    if update.callback_query is not None:
        short = text if len(text) <= ALERT_LIMIT else text[: ALERT_LIMIT - 1] + "…"
        await bot.answer_callback_query(update.callback_query.id, text=short, show_alert=True)
    elif update.message is not None:
        await bot.send_message(update.message.chat.id, escape(text, quote=False), parse_mode="HTML")


async def say_already_saved(bot: Bot, update: Update) -> None:
    """The update took effect before: its person is told so."""
    await say(bot, update, gettext(ALREADY_SAVED))
