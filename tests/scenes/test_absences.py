"""The homeroom teacher sets a reason, sees a contradiction, verifies the week; the family hears what it should."""

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import marks_absent, texts
from tests.scenes.world import World


async def opens_absences(phone: Phone) -> None:
    await phone.types("Мой класс")
    await phone.taps("Отсутствующие", then="7Б · Отсутствующие")


async def test_a_reason_is_two_taps_from_the_list_and_the_alarmed_family_hears_once(world: World) -> None:
    teacher, homeroom, mother = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_ONEGINA)
    await marks_absent(world, teacher, "Онегин Е.")
    await world.passes(15)
    await mother.sees("Евгений отсутствует на уроке")
    await homeroom.types("Мой класс")
    await homeroom.sees(button="Отсутствующие · ? 1")
    await homeroom.taps("Отсутствующие", then="1 пропуск ждёт причины (?).")
    taps, since = homeroom.tap_count, mother.mark()
    await homeroom.taps("? Онегин Е. · сегодня: 3", then="3. ❌ Алгебра — ?")
    await homeroom.taps("Б · болеет", then="Причина: болеет — Кузнецова, 8 сентября")
    assert homeroom.tap_count - taps == 2
    assert "3. ❌ Алгебра — Б" in homeroom.last.text
    await world.passes(15)
    assert texts(mother, since) == ["Евгений: причина отсутствия записана (алгебра, 3-й урок, 10:30)."]
    since = mother.mark()
    await homeroom.taps("У · ", then="Причина: ")
    await world.passes(60)
    assert texts(mother, since) == [], "another reason is no news: reasons aren't told"
    await homeroom.taps("Назад", then="7Б · Отсутствующие")
    await homeroom.taps("Сверка недели", then="Пропущено уроков:")
    await homeroom.taps("Сверено", then="Сверено: Кузнецова, 8 сентября")
    assert "У — уважительная причина: 1" in homeroom.last.text
    assert "Сверено" not in homeroom.last.buttons


async def test_a_forged_button_sets_no_reason(world: World) -> None:
    teacher, homeroom, mother = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_ONEGINA)
    await marks_absent(world, teacher, "Онегин Е.")
    await opens_absences(homeroom)
    await homeroom.taps("? Онегин Е.", then="Причина не указана")
    student = await world.person_id("Онегин Евгений Александрович")
    before = await world.records()
    for phone in (teacher, mother):
        answer = await phone.forges(f"sr1:{student}:2026-09-08:ill:1")
        assert answer is not None
        assert answer.alert
    assert await world.records() == before
