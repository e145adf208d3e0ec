"""«Не придёт»: written by a mother, confirmed by the homeroom teacher, seen by the lesson's teacher, no alarm."""

from tests.scenes import people
from tests.scenes.acts import marks_absent, texts
from tests.scenes.world import World


async def test_a_note_goes_from_the_family_to_the_journal_and_no_alarm_is_sent(world: World) -> None:
    teacher, homeroom, mother = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_ONEGINA)
    await world.clock_shows("07:50")
    await mother.types("/start")
    await mother.taps("Не придёт", then="Не придёт в школу")
    await mother.taps("Сегодня", then="Почему?")
    await mother.taps("Болеет", then="Причина: болеет.")
    await mother.types("Температура с утра")
    await mother.sees("«Температура с утра»")
    await mother.taps("Отправить", then="Записка у классного руководителя")
    await world.rests()
    letter = await homeroom.sees("Не придёт: 8 сентября, болеет.")
    assert "«Температура с утра»" in letter.text
    await homeroom.taps("Подтвердить", letter, then="✅ Подтверждено: Кузнецова.")
    await world.rests()
    await mother.sees("✅ Записка принята: Евгений не придёт 8 сентября. Причина стоит в журнале.")
    since = mother.mark()
    await teacher.types("Мои уроки")
    await teacher.taps("3 · 7Б", then="Не придёт: Онегин Е.")
    assert "болеет" not in teacher.last.text
    await marks_absent(world, teacher, "Онегин Е.")
    await world.passes(360)
    assert texts(mother, since) == []
    await homeroom.types("Мой класс")
    await homeroom.sees("Не придёт: Онегин Е.")
    assert "Отсутствующие" in homeroom.last.buttons, "no reason is wanted any more"


async def test_forged_and_old_buttons_of_notes_and_of_the_class_are_refused(world: World) -> None:
    homeroom, mother, father = await world.lets_in(people.HOMEROOM_TEACHER, people.MOTHER_ONEGINA, people.FATHER_LARIN)
    student = await world.person_id("Онегин Евгений Александрович")
    await mother.types("Не придёт")
    await mother.taps("Завтра", then="Почему?")
    await mother.taps("Семейные обстоятельства", then="Причина: семейные обстоятельства.")
    await mother.taps("Отправить", then="Записка у классного руководителя")
    await world.rests()
    note, school_class = 1, 1
    forged = [
        f"ng1:{student}:2026-09-10:2026-09-10:ill",
        f"ne1:{student}:2026-09-10:2026-09-10",
        f"nl1:{note}",
        f"no1:{note}",
        f"nq1:{note}:days",
        f"nm1:{school_class}:0",
        f"ce1:{school_class}:0:0",
        f"cj1:{school_class}:0",
        f"cn1:{school_class}",
        f"co1:{school_class}",
        f"cs1:{school_class}:0",
    ]
    for data in forged:
        answer = await father.forges(data)
        assert answer is not None, data
        assert answer.alert, data
    letter = await homeroom.sees("семейные обстоятельства")
    await homeroom.taps("Отклонить", letter, then="Почему отклоняете?")
    await homeroom.types("Нужно заявление")
    await homeroom.sees("✖️ Отклонено: Кузнецова. Нужно заявление")
    await world.rests()
    await mother.sees("Нужно заявление")
    answer = await homeroom.forges(f"no1:{note}")
    assert answer is not None
    assert answer.alert
