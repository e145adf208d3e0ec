"""The bot's own name, asked of the Bot API without the weight of a bot."""

import aiohttp

from bot.settings import Settings
from storage.vocabulary import BotId

# The demo's bot lives only in the pocket Telegram of this machine, where anybody may be anybody.
DEMO_BOT = BotId(1_000_000_001)
DEMO_TOKEN = f"{DEMO_BOT}:demo"
DEMO_USERNAME = "zvonok_demo_bot"


async def bot_username(settings: Settings) -> str | None:
    """The username behind BOT_TOKEN, or of the demo's bot while it runs; None when nobody answers."""
    if settings.bot_token is None:
        base, token = f"http://{settings.local_host}:{settings.http_port}", DEMO_TOKEN
    else:
        base, token = settings.bot_api_base.rstrip("/"), settings.bot_token.get_secret_value()
    proxy = settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(f"{base}/bot{token}/getMe", proxy=proxy) as answer,
        ):
            name: str = (await answer.json(content_type=None))["result"]["username"]
            return name
    except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError):
        return None
