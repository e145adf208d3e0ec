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


async def test_an_essay_that_begins_like_a_quick_line_is_no_quick_line(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:34")
    await teacher.sees("7Б · Алгебра", button="ДЗ")
    for text in ("н Онегин " + "слово " * 600, "н Онегин" + ", я" * 250 + ", Лар", "н Онегин " + "&" * 4000):
        since = teacher.mark()
        await teacher.types(text[:4096])
        await world.rests()
        answer = await teacher.sees(since=since)
        assert answer.text.startswith("Не понимаю"), answer.text[:200]
    assert not await world.failures()


async def test_a_text_that_was_taken_is_not_asked_what_it_means_when_its_answer_got_lost(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:34")
    await teacher.taps("ДЗ", await teacher.sees("7Б · Алгебра", button="ДЗ"), then="Пришлите задание")
    await world.rests()
    await world.telegram.fault("sendMessage", "before", count=1)
    since = teacher.mark()
    await teacher.types("§ 5, № 112")
    await teacher.sees("Уже сохранено", since=since)
    await world.rests()
    assert not [one.text for one in teacher.letters if one.changed > since and "Не понимаю" in one.text]
