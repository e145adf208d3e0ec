"""The demo school come to life: its base, the pocket Telegram on the service's own port, its people connected."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.app import App, build
from bot.demo.clock import demo_clock
from bot.demo.moment import ZONE
from bot.demo.past import Colleagues
from bot.demo.phones import Door, connect_phones
from bot.demo.seed import Say, prepare
from bot.sandbox.server import SandboxServer
from bot.settings import Settings
from bot.whoami import DEMO_USERNAME
from services.clock import ShiftedClock, machine_now
from services.outbox.limits import Limits
from storage.schema import migrate
from storage.uow import Storage

Live = Callable[[], Awaitable[None]]


async def begin(settings: Settings, say: Say) -> tuple[App, Live]:
    """The demo's service, not yet started, and what to do once it answers: connect the phones, ring the bell."""
    storage = Storage(settings.database)
    await migrate(storage)
    today = (settings.zvonok_now or machine_now()).astimezone(ZONE).date()
    beginning = await prepare(storage, today, say)
    clock = ShiftedClock(beginning.at)
    # The pocket Telegram has no limits of its own, and a first impression should not wait for Telegram's.
    colleagues = Colleagues(storage, beginning.at)
    app = build(settings, storage=storage, clock=clock, limits=Limits.off(), more_ticks=[colleagues])
    page_clock = await demo_clock(storage, app.runtime.bot_id, clock, app.runtime.tick_now)
    sandbox = SandboxServer(
        _token(settings),
        username=DEMO_USERNAME,
        name="Звонок",
        clock=page_clock,
        state_file=Path(settings.data_dir, "demo-phones.json"),
    )
    sandbox.mount(app.runtime.web_app())
    door = Door(app.runtime.bot_id, DEMO_USERNAME, storage, clock, app.offices["joining"], app.offices["directory"])

    async def live() -> None:
        await app.runtime.owns.wait()
        await app.runtime.tick_now()  # the bells of the morning rang before anybody had a phone
        await connect_phones(settings.bot_api_base, door)
        if beginning.lesson is not None:
            await page_clock.set(beginning.lesson)
            sandbox.clock_changed()

    return app, live


def _token(settings: Settings) -> str:
    assert settings.bot_token is not None  # the demo's own
    return settings.bot_token.get_secret_value()
