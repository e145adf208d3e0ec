"""Slips as a PDF: what is on them, and what must not be."""

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from services.reports.slips import Slip, qr_svg, slips_pdf

NOW = datetime(2026, 9, 8, 9, tzinfo=UTC)


def slip(number: int) -> Slip:
    return Slip(
        child="Ларина Анна",
        class_name="7Б",
        holder=f"Ларина Ольга {number}",
        relation="мама",
        link=f"https://t.me/school_bot?start=token{number}",
        code=f"CDXDT-{number:05}",
        expires="15 сентября",
        bot="@school_bot",
    )


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


async def test_eight_slips_stand_on_a_page_each_with_its_own_code() -> None:
    found = pages(await slips_pdf("Школа № 1", "7Б", [slip(number) for number in range(9)], [], NOW))
    assert len(found) == 2
    assert [f"CDXDT-{number:05}" in found[0] for number in range(9)] == [True] * 8 + [False]
    assert "CDXDT-00008" in found[1]
    assert "Ларина Анна, 7Б" in found[0]
    assert "@school_bot" in found[0]


async def test_guardians_without_papers_are_named_apart_and_have_no_code() -> None:
    found = pages(await slips_pdf("Школа № 1", "7Б", [slip(1)], ["Петров Олег — Петрова Алиса"], NOW))
    assert "Петров Олег" not in found[0]
    assert "Петров Олег — Петрова Алиса" in found[1]
    assert "CDXDT" not in found[1]


async def test_the_same_slips_are_the_same_bytes() -> None:
    assert await slips_pdf("Школа", "7Б", [slip(1)], [], NOW) == await slips_pdf("Школа", "7Б", [slip(1)], [], NOW)


def test_every_link_has_a_qr_code_of_its_own() -> None:
    assert qr_svg("https://t.me/school_bot?start=a") != qr_svg("https://t.me/school_bot?start=b")
    assert qr_svg("https://t.me/school_bot?start=a").startswith("<svg")
