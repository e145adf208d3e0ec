"""The reader of QR codes that scenes use, against codes of every version and mask it claims to read."""

import pytest
import segno

from tests.support.qr import read

FULL = {2: 26, 3: 42, 4: 62, 5: 84, 6: 106}  # bytes that fill a code of this version


@pytest.mark.parametrize("version", FULL)
@pytest.mark.parametrize("mask", range(8))
def test_a_code_of_each_version_and_mask_is_read_back(version: int, mask: int) -> None:
    text = ("Abc/xyz?start=" * 8)[: FULL[version]]
    code = segno.make(text, error="m", micro=False, version=version, mask=mask, boost_error=False, mode="byte")
    assert read([[bool(module) for module in row] for row in code.matrix]) == text


def test_a_module_turned_over_is_seen() -> None:
    code = segno.make("https://t.me/zvonok_bot", error="m", micro=False, boost_error=False, mode="byte")
    modules = [[bool(module) for module in row] for row in code.matrix]
    modules[-3][-3] = not modules[-3][-3]
    with pytest.raises(AssertionError):
        assert read(modules) == "https://t.me/zvonok_bot"
