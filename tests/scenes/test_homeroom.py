"""«Мой класс»: slips on paper, who is connected, confirming and disconnecting."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import came, marks_absent, opens_marks, puts_mark, texts
from tests.scenes.world import YES, World, joins
from tests.support.qr import scanned

GUARDIANS_WITH_PAPERS = 31  # of 32: two mothers' sons and daughters are one family, three children have both parents
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")


async def prints_slips(world: World, homeroom_teacher: Phone) -> PdfReader:
    """The document of the class."""
    await homeroom_teacher.types("Мой класс")
    await homeroom_teacher.taps("Листки класса", then="Документ для печати")
    await homeroom_teacher.taps("Сделать документ")
    letter = await homeroom_teacher.sees("Раздайте родителям лично")
    assert letter.document is not None
    assert letter.document.name == "Листки 7Б.pdf"
    assert letter.document.mime == "application/pdf"
    return PdfReader(BytesIO(await letter.document.download()))


def codes_by_guardian(document: PdfReader) -> dict[str, str]:
    """The code on each slip by the guardian's name on it."""
    text = " ".join(page.extract_text() for page in document.pages)
    slips = re.findall(r"(\w+ \w+ \w+) \((?:мать|отец|законный представитель)\)(.*?)(?=Действует)", text, re.DOTALL)
    return {re.sub(r"\s+", " ", name): CODE.findall(rest)[0] for name, rest in slips}


async def test_slips_come_as_a_document_with_a_code_and_a_qr_for_each_family(world: World) -> None:
    homeroom_teacher, _mother = await world.lets_in(people.HOMEROOM_TEACHER, people.MOTHER_LARINA)
    document = await prints_slips(world, homeroom_teacher)
    codes = codes_by_guardian(document)
    assert len(codes) == len(set(codes.values())) == GUARDIANS_WITH_PAPERS - 1  # she needs none any more
    assert people.MOTHER_LARINA not in codes
    assert people.MOTHER_WITHOUT_PAPERS not in codes
    text = "".join(page.extract_text() for page in document.pages)
    assert "Без кода: не записаны заявление или согласие" in text
    assert "Фёдорова" in text
    assert "Рождественская Елизавета, Рождественский Егор" in re.sub(r"[\s\u00ad-]+", " ", text)

    links = dict(zip(codes, scanned(document), strict=True))
    mother = await world.phone(people.MOTHER_OF_TWO)
    await joins(mother, links[people.MOTHER_OF_TWO])
    assert [button for button in mother.last.buttons if button.startswith(("•", "Е"))] == ["• Елизавета", "Егор"]


async def test_a_code_from_paper_opens_the_diary_once_the_person_is_confirmed(world: World) -> None:
    [homeroom_teacher] = await world.lets_in(people.HOMEROOM_TEACHER)
    codes = codes_by_guardian(await prints_slips(world, homeroom_teacher))
    mother = await world.phone(people.MOTHER_ONEGINA)
    await mother.types(codes[people.MOTHER_ONEGINA].replace("-", " ").lower())
    await mother.taps(YES, then="Согласие")
    await mother.taps("Согласен(на)", then="сначала его подтвердит классный руководитель")
    since = mother.mark()
    await mother.types("Дневник")
    await world.rests()
    assert [one for one in texts(mother, since) if "7Б" in one] == []

    notice = await homeroom_teacher.sees("Подключение к дневнику")
    assert notice.text == (
        "Подключение к дневнику\n"
        "Онегина Мария Львовна — Онегин Евгений, 7Б (мать)\n"
        "Код набран вручную. Подтвердите, пожалуйста, что знаете этого человека."
    )
    await homeroom_teacher.taps("Подтвердить: ", notice, then="Дневник подключён")
    await world.rests()
    opened = await mother.sees("Классный руководитель подтвердил доступ: дневник открыт.", since=since)
    await mother.taps("Дневник", opened, then="Евгений, 7Б")


@pytest.mark.slow
async def test_slips_printed_anew_end_the_former_ones(world: World) -> None:
    [homeroom_teacher] = await world.lets_in(people.HOMEROOM_TEACHER)
    old = codes_by_guardian(await prints_slips(world, homeroom_teacher))
    since = homeroom_teacher.mark()
    await homeroom_teacher.types("Мой класс")
    await homeroom_teacher.taps("Листки класса", then="Документ для печати")
    await homeroom_teacher.taps("Сделать документ")
    await homeroom_teacher.sees("Раздайте родителям лично", since=since)
    mother = await world.phone(people.MOTHER_ONEGINA)
    await mother.types(old[people.MOTHER_ONEGINA])
    await mother.sees("Этот код или ссылка не подходит")


async def test_who_is_disconnected_sees_nothing_and_hears_nothing(world: World) -> None:
    teacher, homeroom_teacher, mother, father = await world.lets_in(
        people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_LARINA, people.FATHER_LARIN
    )
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", "5")  # waits for its minute while the mother is disconnected
    await homeroom_teacher.types("Мой класс")
    await homeroom_teacher.sees("Подключено родителей: 2 из 32")
    await homeroom_teacher.taps("Кто подключён")
    overview = await homeroom_teacher.sees("7Б · Кто подключён")
    assert "Не подключены: 29" in overview.buttons
    assert "Нет заявления или согласия: 1" in overview.buttons
    await homeroom_teacher.taps("Подключены: 2", then="Подключены: 2")
    await homeroom_teacher.taps("Ларина П. (Татьяна)", then="мать: Ларина Татьяна")
    await homeroom_teacher.taps("Отключить", then="Отключить: Ларина Прасковья Ивановна?")
    since = mother.mark()
    await homeroom_teacher.taps("Отключить", then="Дневник не подключён")
    await world.passes(60)
    assert texts(mother, since) == [
        "Классный руководитель отключил этот чат: письма прекращены, дневник закрыт.\n"
        "Чтобы вернуться, попросите у классного руководителя новый листок."
    ]
    assert texts(father, since) == ["Татьяна: алгебра — 5 (ответ)"]

    since = mother.mark()
    await teacher.taps("Назад", then="✅ Оценки")
    await marks_absent(world, teacher, "Ларина Т", hour="10:45")
    await world.passes(15)
    assert came(mother, since) == []
    assert len(came(father, since)) == 1
    old = next(one for one in mother.letters if "Татьяна, 7Б" in one.text)
    for row in old.button_rows:
        for button in row:
            answer = await mother.forges(button.data or "", old)
            assert answer is not None and answer.alert
            assert "Вы ещё не подключены" in answer
    await mother.types("Дневник")
    await mother.sees("Это «Звонок»", since=since)


async def test_the_homeroom_teacher_of_another_class_sees_none_of_it(world: World) -> None:
    homeroom_teacher, other, _mother = await world.lets_in(
        people.HOMEROOM_TEACHER, people.HOMEROOM_OF_7A, people.MOTHER_LARINA
    )
    await homeroom_teacher.types("Мой класс")
    overview = await homeroom_teacher.sees("7Б")
    await other.types("Мой класс")
    assert (await other.sees("Подключено родителей: 0 из 2")).text.startswith("7А")
    for row in overview.button_rows:
        for button in row:
            if ":" in (button.data or ""):
                answer = await other.forges(button.data or "", other.last)
                assert answer is not None and answer.alert
                assert "У этого класса другой классный руководитель" in answer
