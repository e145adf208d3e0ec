"""A letter to a teacher, its answer, and handing it over, on both phones."""

from bot.demo import cast
from bot.preview.walker import Walker

CHAPTER = "Переписка"


async def walk(walker: Walker) -> None:
    """The mother writes; the teacher answers and hands over; the mother turns to the administration."""
    mother = await walker.person(cast.MOTHER.id)
    teacher = await walker.person(cast.TEACHER.id)
    await walker.menu(mother)
    screen = await walker.step(CHAPTER, mother, mother.last, "Написать учителю", "О ком из детей")
    screen = await walker.step(CHAPTER, mother, screen, "Анастасия", "Кому письмо")
    await walker.step(CHAPTER, mother, screen, "Ковалёв", "Ждёт письма")
    since = teacher.mark()
    await walker.types(CHAPTER, mother, "Анастасия болела. Когда можно написать контрольную?", "Отправлено")
    letter = await teacher.sees("Когда можно написать", since=since)
    walker.take(CHAPTER, "Письмо учителю", letter)
    since = mother.mark()
    await walker.step(CHAPTER, teacher, letter, "Ответить", "Ответ учителя")
    await walker.types(CHAPTER, teacher, "В четверг после уроков, кабинет 301.", "Ответ отправлен")
    answer = await mother.sees("В четверг после уроков", since=since)
    walker.take(CHAPTER, "Письмо семье", answer)
    screen = await walker.step(CHAPTER, mother, answer, "Переписка", "Вся переписка")
    await walker.step(CHAPTER, mother, screen, "Передать администрации", "Обратиться к администрации?")
    screen = await walker.step(CHAPTER, teacher, letter, "Переписка", "Переписка у учителя")
    screen = await walker.step(CHAPTER, teacher, screen, "Передать", "Передать кому")
    await walker.step(CHAPTER, teacher, screen, "Назад", "")
    await walker.menu(teacher)
    await walker.step(CHAPTER, teacher, teacher.last, "Переписка", "Список переписок")
