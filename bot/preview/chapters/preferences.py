"""What a family chooses: the hour, quiet hours, single kinds, the language."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """«Настройки», screen by screen; in the end all is as it was."""
    chapter = "Настройки семьи"
    one = await walker.person(cast.FATHER.id)
    screen = await walker.types(chapter, one, "Настройки", "Что мне придёт")
    quiet = await walker.step(chapter, one, screen, "Тихо", "Тихие часы")
    quiet = await walker.step(chapter, one, quiet, "22:00", "Начало выбрано")
    quiet = await walker.step(chapter, one, quiet, "21:00", "")
    screen = await walker.step(chapter, one, quiet, "Назад", "")
    kinds = await walker.step(chapter, one, screen, "По видам писем", "По видам писем")
    kind = await walker.step(chapter, one, kinds, "Итоги недели", "Один вид")
    kinds = await walker.step(chapter, one, kind, "Не присылать", "Не присылать")
    kind = await walker.step(chapter, one, kinds, "Итоги недели", "")
    kinds = await walker.step(chapter, one, kind, "Как обычно", "")
    screen = await walker.step(chapter, one, kinds, "Назад", "")
    languages = await walker.step(chapter, one, screen, "Русский", "Язык")
    screen = await walker.step(chapter, one, languages, "English", "The same in English")
    languages = await walker.step(chapter, one, screen, "English", "")
    await walker.step(chapter, one, languages, "Русский", "")
