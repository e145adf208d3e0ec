"""Each family hears of its own child, whatever happens to the others."""

from tests.scenes import people
from tests.scenes.acts import came, marks_absent, texts
from tests.scenes.world import World


async def test_a_mother_of_two_gets_a_letter_for_each_with_the_childs_name(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_OF_TWO)
    await world.clock_shows("10:30")
    since = mother.mark()
    await marks_absent(world, teacher, "Рождеств… Ел.", "Рождеств… Ег.")
    await world.passes(15)
    assert sorted(texts(mother, since)) == [
        f"{child} отсутствует на уроке: алгебра, 3-й урок, 10:30.\n"
        "Если причина вам известна, сообщите классному руководителю."
        for child in ("Егор", "Елизавета")
    ]


async def test_who_has_blocked_the_bot_holds_up_nobody_and_gets_the_news_on_return(world: World) -> None:
    """Invariant 5 of the regulation."""
    teacher, mother, father, other = await world.lets_in(
        people.TEACHER, people.MOTHER_LARINA, people.FATHER_LARIN, people.MOTHER_ONEGINA
    )
    await world.clock_shows("10:30")
    await mother.blocks()
    since = mother.mark()
    await marks_absent(world, teacher, "Ларина Т", "Онегин")
    await world.passes(15)
    for phone, child in ((father, "Татьяна"), (other, "Евгений")):
        [letter] = texts(phone, since)
        assert letter.startswith(f"{child} отсутствует на уроке")
    assert not came(mother, since)

    await world.passes(1200)
    await mother.starts()
    await world.rests()
    assert any("Татьяна отсутствует на уроке" in text for text in texts(mother, since))


async def test_a_deleted_account_holds_up_nobody_either(world: World) -> None:
    teacher, mother, father = await world.lets_in(people.TEACHER, people.MOTHER_LARINA, people.FATHER_LARIN)
    await world.clock_shows("10:30")
    await mother.deletes_account()
    since = father.mark()
    await marks_absent(world, teacher, "Ларина Т")
    await world.passes(15)
    assert "Татьян" in (await father.sees("алгебра", since=since)).text
