"""People who turn away half-way, and people who type what was not thought of."""

from tests.scenes import people
from tests.scenes.world import World


async def test_stop_before_the_consent_forgets_the_slip_and_says_so(world: World) -> None:
    slip = await world.slip(people.MOTHER_LARINA)
    mother = await world.phone(people.MOTHER_LARINA)
    await mother.opens(slip.link)
    await mother.sees("Ларина")
    since = mother.mark()
    await mother.types("/stop")
    await mother.sees("Ничего не подключено, листок ещё действует", since=since)
    await world.rests()
    assert not [one for one in mother.letters if one.changed > since and "Уже сохранено" in one.text]
    since = mother.mark()
    await mother.types("Здравствуйте")
    answer = await mother.sees(since=since)
    assert not answer.buttons, "the offer isn't shown any more"
