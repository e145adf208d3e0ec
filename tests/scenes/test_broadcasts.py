"""«Рассылка», from phone to phone: a photo and a question, answers, a reminder, the recall."""

from tests.scenes import people
from tests.scenes.acts import came, texts
from tests.scenes.test_threads import PNG
from tests.scenes.world import World

QUESTION = "В субботу едем в музей. Поедет ли ваш ребёнок?"


async def test_a_question_with_a_photo_is_answered_reminded_of_and_recalled(world: World) -> None:
    teacher, mother, onegina, other, colleague = await world.lets_in(
        people.HOMEROOM_TEACHER,
        people.MOTHER_LARINA,
        people.MOTHER_ONEGINA,
        people.MOTHER_OF_7A,
        people.TEACHER,
    )
    await world.clock_shows("12:00")
    await teacher.types("/start")
    await teacher.taps("Рассылка", then="Кому?")
    await teacher.taps("7Б", then="Рассылка · 7Б")
    await teacher.taps("Семьи класса", then="Напишите текст одним сообщением")
    await teacher.sends_photo(PNG, caption=QUESTION)
    await teacher.sees("📎 Вложения: 1", button="▫️ Вопрос")
    await teacher.taps("▫️ Вопрос", then="Как на него отвечать?")
    await teacher.taps("▫️ Да / Нет", then="Ответы: Да · Нет")
    since = teacher.mark()
    await teacher.taps("Посмотреть и отправить")
    preview = await teacher.sees("Получат 2 человека", since=since)
    [shown] = [one for one in came(teacher, since) if one.kind == "photo"]
    assert shown.buttons == ["Да", "Нет"]
    refusal = await teacher.taps("Да", shown)
    assert refusal is not None
    assert "Так письмо увидят семьи." in (refusal.text or "")

    since = teacher.mark()
    await teacher.taps("Отправить", preview, then="До этого можно отменить.")
    await world.passes(59)
    assert not texts(mother, since)
    await world.passes(1)
    [letter] = [one for one in came(mother, since) if one.kind == "photo"]
    assert letter.text == f"Кузнецова В. А., классный руководитель 7Б\n\n{QUESTION}"
    assert letter.text == shown.text
    await world.passes(3)
    progress = await teacher.sees("Доставлено: 2 из", since=since)

    said = await mother.taps("Нет", letter)
    assert said is not None
    assert said.text == "Ваш ответ: Нет. Его можно изменить."
    await mother.taps("Да", letter)
    await world.passes(3)
    assert (await mother.sees(QUESTION, button="✓ Да")).id == letter.id
    edited = await teacher.sees("Да — 1\nНет — 0\nНе ответили: 1", since=since)
    assert edited.id == progress.id, "one message that edits itself"

    since = teacher.mark()
    await teacher.taps("Не ответили: 1", edited)
    names = await teacher.sees("Онегина Мария (Евгений)", since=since)
    since = onegina.mark()
    await teacher.taps("Напомнить им", names)
    await world.rests()
    [reminder] = came(onegina, since)
    assert reminder.text.startswith("Напоминание: ждём ответа.")
    assert not came(mother, since)
    await onegina.taps("Нет", reminder)
    await world.passes(3)
    edited = await teacher.sees("Да — 1\nНет — 1", since=since)

    since = teacher.mark()
    await teacher.taps("Отозвать", edited)
    sure = await teacher.sees("Отозвать рассылку?", since=since)
    await teacher.taps("Отозвать", sure, then="↩️ Отозвано.")
    await world.passes(3)
    await world.passes(3)
    await teacher.sees("Удалено или не отправлено:", since=since)
    for family in (mother, onegina):
        assert not [one for one in family.letters if QUESTION in one.text], "deleted"
    world.silent(since, teacher, mother, onegina)
    assert not [one for one in (*other.letters, *colleague.letters) if QUESTION in one.text]
