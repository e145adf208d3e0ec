"""A mother's letters move to e-mail and back, as she and her mailbox see it."""

import aiohttp

from tests.mail.server import MailServer, mail_server
from tests.scenes import people
from tests.scenes.acts import came, marks_absent
from tests.scenes.world import World
from tests.support.waiting import eventually


async def presses(world: World, server: MailServer, label: str) -> str:
    """The button on the page behind the last letter's link; what the page says then."""
    assert world.app is not None
    lines = server.body().splitlines()
    link = lines[next(number for number, line in enumerate(lines) if line == f"{label}:") + 1]
    path = link.removeprefix("https://school.example.org")
    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.app.runtime.port}") as browser:
        async with browser.get(path) as page:
            assert "<button" in await page.text()
        async with browser.post(path) as page:
            return await page.text()


async def test_letters_move_to_the_mailbox_once_it_is_confirmed_and_come_back_when_it_stops(world: World) -> None:
    async with mail_server() as server:
        await world.closes_service()
        world.mail_port = server.port
        await world.opens_service()
        teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
        await mother.types("Настройки")
        await mother.taps("Как приходят письма")
        await mother.taps("Указать адрес почты")
        await mother.types("мама, почта")
        await mother.sees("Это не похоже на адрес почты")
        await mother.types("Larina@Example.ru")
        await mother.sees("Ещё не подтверждён")
        await eventually(lambda: len(server.arrived) == 1)
        assert "Адрес подтверждён" in await presses(world, server, "Подтвердить адрес")
        await mother.types("Настройки")
        await mother.taps("Как приходят письма")
        await mother.taps("Почта")
        await mother.sees("Письма приходят на электронную почту")
        since = mother.mark()
        await world.clock_shows("10:30")
        await marks_absent(world, teacher, "Ларина Т")
        await world.passes(15)
        await eventually(lambda: len(server.arrived) == 2)
        assert "Татьяна отсутствует на уроке" in server.body()
        assert not came(mother, since)
        assert "писем больше не будет" in await presses(world, server, "Больше не присылать на этот адрес")
        await mother.types("Настройки")
        await mother.taps("Как приходят письма")
        await mother.sees("Письма приходят сюда, в Telegram")
