"""The demo school come to life: its base, the pocket Telegram on the service's own port, its people connected."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.app import App, build
from bot.commands_base import bring_up_to_date
from bot.demo.clock import demo_clock
from bot.demo.folder import Folder
from bot.demo.moment import ZONE
from bot.demo.past import Colleagues
from bot.demo.phones import Door, connect_phones
from bot.demo.seed import Say, prepare
from bot.demo.tour import tour
from bot.sandbox.room import Restart
from bot.sandbox.server import SandboxServer
from bot.settings import Settings
from bot.whoami import DEMO_USERNAME
from services.clock import ShiftedClock, machine_now
from services.i18n import gettext as _
from services.outbox.limits import Limits
from storage.uow import Storage


@dataclass(frozen=True)
class Demo:
    """The demo's service, not yet started, and what to do once it answers: connect the phones, ring the bell.

    `anew`: whether somebody on the page asked for a new school; it is there after the next `begin`.
    """

    app: App
    live: Callable[[], Awaitable[None]]
    folder: Folder

    @property
    def anew(self) -> bool:
        """Whether the demo is to begin anew."""
        return not self.folder.is_whole


async def begin(settings: Settings, say: Say, on_restart: Callable[[], None] = lambda: None) -> Demo:
    """The demo as it was left, or a new one. `on_restart` is called when the page asks for a new one."""
    folder = Folder(settings.data_dir)
    if not folder.is_whole:
        folder.clear()
    storage = Storage(settings.database)
    await bring_up_to_date(storage)
    today = (settings.zvonok_now or machine_now()).astimezone(ZONE).date()
    beginning = await prepare(storage, today, say)
    folder.finish()
    clock = ShiftedClock(beginning.at)
    # The pocket Telegram has no limits of its own, and a first impression should not wait for Telegram's.
    colleagues = Colleagues(storage, beginning.at)
    app = build(settings, storage=storage, clock=clock, limits=Limits.off(), more_ticks=[colleagues])
    page_clock = await demo_clock(storage, app.runtime.bot_id, clock, app.runtime.tick_now)
    sandbox = SandboxServer(
        _token(settings), username=DEMO_USERNAME, name="Звонок", clock=page_clock, state_file=folder.phones
    )
    sandbox.room.tour = tour()
    sandbox.room.restart = _restart(folder, on_restart)
    sandbox.room.busy = _("The school is waking up: phones are being connected…")
    sandbox.mount(app.runtime.web_app())
    door = Door(app.runtime.bot_id, DEMO_USERNAME, storage, clock, app.offices["joining"], app.offices["directory"])

    async def live() -> None:
        await app.runtime.owns.wait()
        await app.runtime.tick_now()  # the bells of the morning rang before anybody had a phone
        await connect_phones(settings.bot_api_base, door)
        if beginning.lesson is not None:
            await page_clock.set(beginning.lesson)
            sandbox.clock_changed()
        sandbox.room.is_busy(None)

    return Demo(app, live, folder)


def _restart(folder: Folder, on_restart: Callable[[], None]) -> Restart:
    """The page's button that asks for a new school. The mark comes first: nothing can be left half-way after it."""

    def ask() -> None:
        folder.give_up()
        on_restart()

    return Restart(
        button=_("Begin anew"),
        question=_("Begin with a new school?"),
        meaning=_(
            "Marks, letters and chats of this practice school will be gone, and it will be the third lesson again."
        ),
        yes=_("Begin anew"),
        waiting=_("A new school is being founded. It takes some seconds…"),
        ask=ask,
    )


def _token(settings: Settings) -> str:
    assert settings.bot_token is not None  # the demo's own
    return settings.bot_token.get_secret_value()
