"""Reading the QR codes of a PDF, as a phone's camera would: of versions 2 to 6, level M, bytes, and undamaged.

links = scanned(PdfReader(BytesIO(pdf)))
"""

from collections.abc import Callable, Iterator
from itertools import chain

from pypdf import PageObject, PdfReader

Modules = list[list[bool]]

BLOCKS = {25: [28], 29: [44], 33: [32, 32], 37: [43, 43], 41: [27, 27, 27, 27]}  # data codewords by size, level M
FORMAT_KEY = 0b101010000010010
LEVEL_M = 0b00
BYTES = 0b0100
LEAST_RUNS = 100  # fewer lines than that make no QR code
MASKS: list[Callable[[int, int], bool]] = [
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
]


def scanned(document: PdfReader) -> list[str]:
    """What the QR codes of a document say, in their order."""
    return [read(modules) for page in document.pages for modules in drawn(page)]


def drawn(page: PageObject) -> Iterator[Modules]:
    """The QR codes of a page: strokes of many short horizontal lines, a module high."""
    content = page.get_contents()
    runs: list[tuple[int, int, int]] = []
    x = y = 0.0
    for operands, operator in content.operations if content is not None else ():
        if operator == b"m":
            x, y = map(float, operands)
        elif operator == b"l":
            runs.append((int(y), round(x), round(float(operands[0]))))
        elif operator in {b"S", b"n", b"f", b"B"}:
            if len(runs) > LEAST_RUNS:
                yield _modules(runs)
            runs = []


def _modules(runs: list[tuple[int, int, int]]) -> Modules:
    size = max(end for _y, _start, end in runs)
    modules = [[False] * size for _ in range(size)]
    for y, start, end in runs:
        for x in range(start, end):
            modules[y][x] = True
    return modules


def read(modules: Modules) -> str:
    """What a QR code says. Fails on anything but the kinds named above."""
    size = len(modules)
    places = [*((8, x) for x in (*range(6), 7, 8)), *((y, 8) for y in (7, *range(5, -1, -1)))]
    form = sum(modules[y][x] << 14 - bit for bit, (y, x) in enumerate(places)) ^ FORMAT_KEY
    assert form >> 13 == LEVEL_M, "another level of correction"
    mask = MASKS[form >> 10 & 0b111]
    bits = [modules[y][x] ^ mask(y, x) for y, x in _path(size)]
    words = [sum(bit << 7 - place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    data = _bits(_in_order(words, BLOCKS[size]))
    assert data[:4] == f"{BYTES:04b}", "another mode"
    length = int(data[4:12], 2)
    return bytes(int(data[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()


def _path(size: int) -> Iterator[tuple[int, int]]:
    """The places of data: two columns at a time from the right, up and down, around what every code has."""
    upward = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for y in range(size - 1, -1, -1) if upward else range(size):
            for x in (right, right - 1):
                if not _is_pattern(y, x, size):
                    yield y, x
        upward = not upward


def _is_pattern(y: int, x: int, size: int) -> bool:
    finder = (y < 9 and x < 9) or (y < 9 and x >= size - 8) or (y >= size - 8 and x < 9)
    alignment = abs(y - (size - 7)) <= 2 and abs(x - (size - 7)) <= 2
    return finder or alignment or y == 6 or x == 6


def _in_order(words: list[int], blocks: list[int]) -> list[int]:
    """Data codewords stand in turns, one of each block."""
    turns = iter(words)
    taken: list[list[int]] = [[] for _ in blocks]
    for _row in range(max(blocks)):
        for block, length in zip(taken, blocks, strict=True):
            if len(block) < length:
                block.append(next(turns))
    return list(chain.from_iterable(taken))


def _bits(words: list[int]) -> str:
    return "".join(f"{word:08b}" for word in words)
