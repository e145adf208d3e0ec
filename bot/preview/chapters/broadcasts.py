"""A broadcast with a question, on its author's phone and a family's, and its recall."""

from bot.demo import cast
from bot.preview.walker import Walker

CHAPTER = "Рассылка"


async def walk(walker: Walker) -> None:
    """The homeroom teacher asks, the mother answers; figures, lists, the recall; the deputy head's audiences."""
    author = await walker.person(cast.HOMEROOM_TEACHER.id)
    father = await walker.person(cast.FATHER.id)
    await walker.menu(author)
    screen = await walker.step(CHAPTER, author, author.last, "Рассылка", "Кому")
    screen = await walker.step(CHAPTER, author, screen, "7Б", "Кому из класса")
    chosen = await walker.step(CHAPTER, author, screen, "Выбрать семьи", "Выбранные семьи")
    screen = await walker.step(CHAPTER, author, chosen, "Назад", "")
    screen = await walker.step(CHAPTER, author, screen, "7Б", "")
    await walker.step(CHAPTER, author, screen, "Семьи класса", "Ждёт текста")
    text = "В субботу едем в музей, сбор в 9:00 у школы. Поедет ли ваш ребёнок?"
    screen = await walker.types(CHAPTER, author, text, "Черновик")
    screen = await walker.step(CHAPTER, author, screen, "Вопрос", "Вопрос")
    screen = await walker.step(CHAPTER, author, screen, "Да / Нет", "")
    screen = await walker.step(CHAPTER, author, screen, "Ознакомлен(а)", "Черновик с вопросом")
    since = author.mark()
    await walker.step(CHAPTER, author, screen, "Посмотреть и отправить", "")
    screen = await author.sees("Выше — письмо", since=since)
    walker.take(CHAPTER, "Сколько человек получит", screen)
    since = father.mark()
    await walker.step(CHAPTER, author, screen, "Отправить", "Минута на отмену")
    await walker.telegram.advance(61)
    letter = await father.sees("Поедет ли ваш ребёнок?", since=since)
    walker.take(CHAPTER, "Письмо семье", letter)
    await father.taps("Да", letter)
    await father.taps("Ознакомлен(а)", letter)
    await walker.telegram.advance(5)
    figures = await author.sees("Да — 1", since=since)
    walker.take(CHAPTER, "Как идёт", figures)
    sure = await walker.step(CHAPTER, author, figures, "Отозвать", "Отозвать?")
    await walker.step(CHAPTER, author, sure, "Отозвать", "Отозвано", exact=True)
    await walker.telegram.advance(5)
    deputy = await walker.person(cast.DEPUTY.id)
    await walker.menu(deputy)
    await walker.step(CHAPTER, deputy, deputy.last, "Рассылка", "Кому — администрация")
