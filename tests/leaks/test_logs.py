"""No name, text, address or secret in what the process writes to its logs, whatever fails (error_paths.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.everybody.canaries import CANARY
from tests.everybody.chats import TOKEN
from tests.leaks import error_paths

PROJECT = Path(__file__).parents[2]
# Every path must have been gone: one line of each.
WENT = (
    *("update_dead", "answer_failed", "update_retry", "letter_not_composed", "mail_broke"),
    *("tick_failed", "task_failed"),
)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["text", "json"])
def test_no_word_of_people_gets_into_the_logs(tmp_path: Path, how: str) -> None:
    environment = {**os.environ, "ZVONOK_TEST_RUN": str(tmp_path), "ZVONOK_TEST_OWNER": str(os.getpid())}
    words = [sys.executable, "-m", "tests.leaks.error_paths", str(tmp_path), how]
    ended = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said[-3000:]
    missing = [one for one in WENT if one not in said]
    assert not missing, f"these paths were not gone: {missing}"
    never = (TOKEN, error_paths.SECRET, error_paths.MAIL)
    leaked = [line for line in said.splitlines() if CANARY.search(line) or any(one in line for one in never)]
    assert not leaked, "\n".join(leaked[:10])
