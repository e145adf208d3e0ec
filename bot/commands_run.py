"""Commands that run the service, and those that prepare its base."""

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import aiohttp
import click

from bot.alarm_words import WORDS
from bot.commands_base import bring_up_to_date, make_clock, open_storage, opened, run_async
from bot.memory import leave_alone_what_stays, undisturbed
from bot.observability import set_up
from bot.settings import Settings, bot_id_of, read_settings
from bot.whoami import DEMO_TOKEN
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from services.schools import Schools

if TYPE_CHECKING:
    from bot.app import App

HEALTH_PATIENCE = 30.0


class AddressTaken(SchoolError):
    """Somebody listens there already."""

    sentence = N_("The address {host}:{port} is taken: stop what runs there, or set another HTTP_PORT.")


class RealBotSet(SchoolError):
    """The demo school never goes where real children are."""

    sentence = N_("BOT_TOKEN is set: the demo school is not for real bots.")


@click.command(help=_("Run the service; without BOT_TOKEN, the demo school with a pocket Telegram."))
@run_async
async def run() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = read_settings()
    set_up(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await (run_demo(settings) if settings.bot_token is None else run_school(settings))


async def run_school(settings: Settings) -> None:
    """A real school: Telegram, or whatever server BOT_API_BASE names."""
    with undisturbed():
        from bot.app import build

    storage = open_storage(settings)
    await bring_up_to_date(storage)
    clock = make_clock(settings)
    schools = await Schools(storage, clock).all()
    if not schools:
        click.echo(_("There is no school in this base yet. Begin with: ./zvonok school new school.toml"))
    elif all(one.bot_id not in (None, bot_id_of(settings)) for one in schools):
        words = WORDS["serves_no_school"]
        click.echo(_(words))
    with undisturbed():  # handlers are imported here
        app = build(settings, storage=storage, clock=clock)
    await serve(app)


async def run_demo(settings: Settings) -> None:
    """The demo school on a base of its own, and the pocket Telegram on the same port."""
    click.echo(_("BOT_TOKEN isn't set: here comes the demo school. Its base: {path}").format(path=demo_path(settings)))
    with undisturbed():
        from bot.demo.life import begin

    own, ending = demo_settings(settings), Ending()
    while not ending.for_good:
        demo = await begin(own, click.echo, ending.ask)
        await serve(demo.app, demo.live, ending)
        if not demo.anew:
            break


def demo_path(settings: Settings) -> str:
    """Where the demo's base is, whatever DATABASE_URL says: a real base is never seeded."""
    return str(settings.data_dir / "demo.db")


def demo_settings(settings: Settings) -> Settings:
    """The settings of a demo: own base, own bot, the API on our own port."""
    port = settings.http_port or free_port(settings.http_host)
    return read_settings(
        bot_token=DEMO_TOKEN,
        bot_api_base=f"http://{settings.local_host}:{port}",
        database_url=f"sqlite:///{demo_path(settings)}",
        data_dir=settings.data_dir,
        http_port=port,
        webhook_url="",
        telegram_proxy="",
    )


def free_port(host: str) -> int:
    """A port nobody listens at: the demo's bot must know its address before anybody does."""
    with socket.socket() as asked:
        asked.bind((host, 0))
        port: int = asked.getsockname()[1]
        return port


class Ending:
    """When to stop serving: for good at a signal, or because it was asked for and there is something to begin anew."""

    def __init__(self) -> None:
        self.for_good = False
        self._asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._signalled)

    def ask(self) -> None:
        """Stop, to begin anew."""
        self._asked.set()

    def _signalled(self) -> None:
        self.for_good = True
        self._asked.set()

    async def wait(self) -> None:
        """Until it is time to stop."""
        await self._asked.wait()
        if not self.for_good:
            self._asked.clear()


async def serve(app: "App", live: Callable[[], Awaitable[None]] | None = None, ending: Ending | None = None) -> None:
    """Start, say where when /healthz answers, live until the ending (by default a signal), stop in order."""
    ending = ending or Ending()
    try:
        await _start(app)
        url = address(app)
        if await _healthy(url):
            if live is not None:
                await live()
            leave_alone_what_stays()
            click.echo(_("Ready: {url}").format(url=app.settings.public_url or url))
        await ending.wait()
        click.echo(_("Stopping: letters on the wire are waited for."))
    finally:
        await app.stop()


async def _start(app: "App") -> None:
    try:
        await app.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise AddressTaken(host=app.settings.http_host, port=app.settings.http_port) from None


def address(app: "App") -> str:
    """Where this machine's browser finds the service."""
    return f"http://{app.settings.local_host}:{app.runtime.port}"


async def _healthy(url: str) -> bool:
    """Whether /healthz has answered."""
    limit = aiohttp.ClientTimeout(total=HEALTH_PATIENCE)
    async with aiohttp.ClientSession(timeout=limit) as session, session.get(f"{url}/healthz") as answer:
        return answer.status == 200


@click.command("demo-data", help=_("Seed the demo school into an empty base."))
@run_async
async def demo_data() -> None:
    """Found the demo school around today in the base the settings mean."""
    from bot.demo.moment import ZONE
    from bot.demo.seed import found

    if read_settings().bot_token is not None:
        raise RealBotSet
    async with opened(create=True) as (_settings, storage, clock):
        await found(storage, clock.now().astimezone(ZONE).date(), click.echo)


@click.command(help=_("Bring the base up to date."))
@run_async
async def migrate() -> None:
    """Make the base's tables, or bring them to this version."""
    async with opened(create=True):
        click.echo(_("The base is up to date."))
