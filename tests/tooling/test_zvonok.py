"""The way in, with pretended Pythons: what it finds, makes, remakes and says.

Each test has its own copy of the script and a PATH with the bare POSIX tools and the Pythons it pretends to have, so
the machine's own Pythons, uv and network play no part. A pretended Python answers with its own version and
leaves the locking to the real one; the environment it makes holds a Python that tells how it was called.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "readlink", "cp", "mv", "rm", "mkdir", "cmp", "grep", "cat", "sleep", "chmod")

PRETENDED = """#!/bin/sh
case "$*" in
    *version_info*) exec "{real}" -c '
import sys
sys.version_info, sys.executable = ({version}, 0, "final", 0), sys.argv[1]
exec(sys.argv[2])' "$0" "$2" ;;
    "-m venv "*)
        [ "${{NO_VENV_MODULE-}}" ] && exit 1
        echo made >>"{ledger}"
        mkdir -p "$3/bin" && cp "{inner}" "$3/bin/python" ;;
    *) exec "{real}" "$@" ;;
esac
"""

INNER = """#!/bin/sh
case "$*" in
    "-m pip "*)
        [ "${PIP_WAITS_FOR-}" ] && while [ ! -e "$PIP_WAITS_FOR" ]; do sleep 0.02; done
        [ "${PIP_SAYS-}" ] || exit 0
        echo "$PIP_SAYS" >&2
        exit 1 ;;
esac
[ "${SLEEPS-}" ] && { echo "$$"; exec sleep 60; }
printf 'cwd=%s\\n' "$PWD"
for word in "$@"; do printf 'arg=%s\\n' "$word"; done
exit "${EXIT_CODE-0}"
"""


@dataclass
class Place:
    """A folder with the script, the tools on its PATH and the count of environments made."""

    home: Path
    tools: Path
    inner: Path
    ledger: Path

    def pretend(self, name: str, version: tuple[int, int] = (3, 12)) -> None:
        script = PRETENDED.format(
            version="{}, {}".format(*version),
            ledger=self.ledger,
            inner=self.inner,
            real=Path(sys.executable).resolve(),
        )
        write_script(self.tools / name, script)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": str(self.tools), "HOME": str(self.home), "LC_ALL": "C.UTF-8", **extra}

    def run(
        self, *words: str, cwd: Path | None = None, script: Path | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(script or self.home / "zvonok"), *words],
            cwd=cwd or self.home,
            env=self.environment(environment),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(self.home / "zvonok"), *words],
            cwd=self.home,
            env=self.environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A run of tests in the background ignores Ctrl-C and would hand that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def environments_made(self) -> int:
        return len(self.ledger.read_text().splitlines()) if self.ledger.exists() else 0


def write_script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def arguments(answer: "subprocess.CompletedProcess[str]") -> Sequence[str]:
    return [line.removeprefix("arg=") for line in answer.stdout.splitlines() if line.startswith("arg=")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    home, tools, inner = tmp_path / "школа 1", tmp_path / "bin", tmp_path / "inner"
    home.mkdir()
    tools.mkdir()
    shutil.copy(ROOT / "zvonok", home / "zvonok")
    (home / "requirements.lock").write_text("click==8.1 --hash=sha256:0\n")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"this machine has no {tool}"
        (tools / tool).symlink_to(found)
    write_script(inner, INNER)
    return Place(home, tools, inner, tmp_path / "ledger")


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_it_says_in_one_sentence_that_no_python_fits(place: Place, version: tuple[int, int]) -> None:
    place.pretend("python3", version)
    answer = place.run("run")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.splitlines() == [
        "Нужен Python 3.11, 3.12 или 3.13, а на этом компьютере его не нашлось: поставьте его и повторите."
    ]


def test_it_passes_by_pythons_that_are_too_old_or_do_not_start(place: Place) -> None:
    write_script(place.tools / "python3.13", "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    place.pretend("python3.11", (3, 10))
    place.pretend("python3")
    answer = place.run("run")
    assert answer.returncode == 0, answer.stderr
    assert "pyenv" not in answer.stderr
    assert place.environments_made() == 1


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_it_takes_every_python_that_fits(place: Place, version: tuple[int, int]) -> None:
    place.pretend("python3", version)
    assert place.run("run").returncode == 0


def test_a_second_start_makes_nothing_and_says_nothing(place: Place) -> None:
    place.pretend("python3")
    assert "Готовлю окружение" in place.run("run").stderr
    again = place.run("run")
    assert (again.returncode, again.stderr) == (0, "")
    assert place.environments_made() == 1


def test_a_changed_lock_makes_the_environment_anew(place: Place) -> None:
    place.pretend("python3")
    place.run("run")
    (place.home / "requirements.lock").write_text("click==8.2 --hash=sha256:1\n")
    leftover = place.home / ".venv" / "leftover"
    leftover.touch()
    place.run("run")
    assert place.environments_made() == 2
    assert not leftover.exists()


def test_a_half_made_environment_is_made_anew(place: Place) -> None:
    place.pretend("python3")
    failed = place.run("run", PIP_SAYS="ERROR: interrupted")
    assert failed.returncode == 1
    assert (place.home / ".venv" / "bin" / "python").exists()
    assert place.run("run").returncode == 0
    assert place.environments_made() == 2


def test_an_environment_whose_python_is_gone_is_made_anew(place: Place) -> None:
    place.pretend("python3")
    place.run("run")
    (place.home / ".venv" / "bin" / "python").unlink()
    assert place.run("run").returncode == 0
    assert place.environments_made() == 2


def test_two_starts_at_once_make_one_environment(place: Place, tmp_path: Path) -> None:
    place.pretend("python3")
    gate = tmp_path / "gate"
    first = place.start("run", PIP_WAITS_FOR=str(gate))
    wait_until(lambda: place.environments_made() == 1)
    second = place.start("run", PIP_WAITS_FOR=str(gate))
    assert second.stderr is not None
    assert "жду" in second.stderr.readline()
    gate.touch()
    for start in (first, second):
        out, _ = start.communicate(timeout=PATIENCE)
        assert start.returncode == 0
        assert "arg=run" in out
    assert place.environments_made() == 1


def test_a_start_killed_while_making_does_not_bar_the_next(place: Place, tmp_path: Path) -> None:
    place.pretend("python3")
    gate = tmp_path / "gate"
    first = place.start("run", PIP_WAITS_FOR=str(gate))
    wait_until(lambda: place.environments_made() == 1)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=PATIENCE)
    assert place.run("run").returncode == 0
    assert place.environments_made() == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not find a version that satisfies click==8.1 (from versions: none)", "Нет связи"),
        ("NewConnectionError: Temporary failure in name resolution, connection broken", "Нет связи"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "не совпала с хешем"),
        ("OSError: [Errno 28] No space left on device", "нет места"),
        ("error: command 'cc' failed", "Не удалось установить"),
    ],
)
def test_a_failed_install_is_told_in_one_sentence(place: Place, said: str, sentence: str) -> None:
    place.pretend("python3")
    answer = place.run("run", PIP_SAYS=said)
    assert answer.returncode == 1
    _, *told = answer.stderr.splitlines()
    assert len(told) == 1
    assert sentence in told[0]
    assert said in (place.home / ".venv.log").read_text()


def test_a_missing_venv_module_is_told_in_one_sentence(place: Place) -> None:
    place.pretend("python3")
    answer = place.run("run", NO_VENV_MODULE="1")
    assert answer.returncode == 1
    _, *told = answer.stderr.splitlines()
    assert len(told) == 1
    assert "python3-venv" in told[0]


def test_uv_is_taken_where_it_is_and_pip_where_uv_fails(place: Place) -> None:
    place.pretend("python3")
    write_script(
        place.tools / "uv",
        f'#!/bin/sh\necho "$1" >>"{place.home}/uv"\n'
        f'[ "$1" = venv ] && {{ mkdir -p "$5/bin"; cp "{place.inner}" "$5/bin/python"; }}\n'
        '[ "$1" = pip ] && exit "${UV_PIP-0}"\nexit 0\n',
    )
    assert place.run("run").returncode == 0
    assert place.environments_made() == 0
    assert (place.home / "uv").read_text().split() == ["--version", "venv", "pip"]

    (place.home / "requirements.lock").write_text("click==8.3 --hash=sha256:2\n")
    assert place.run("run", UV_PIP="1").returncode == 0
    assert place.environments_made() == 1


def test_any_other_word_goes_to_the_bot_as_it_was_typed(place: Place, tmp_path: Path) -> None:
    place.pretend("python3")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    answer = place.run("import", "asc", "мой файл.xml", '"*"', "", cwd=elsewhere)
    assert arguments(answer) == ["-m", "bot", "import", "asc", "мой файл.xml", '"*"', ""]
    assert f"cwd={elsewhere}" in answer.stdout  # a relative FILE means the user's folder


@pytest.mark.parametrize("target", ["absolute", "relative"])
def test_it_works_through_a_chain_of_symlinks(place: Place, tmp_path: Path, target: str) -> None:
    place.pretend("python3")
    links = tmp_path / "links"
    links.mkdir()
    script = place.home / "zvonok"
    (links / "one").symlink_to(script if target == "absolute" else os.path.relpath(script, links))
    (links / "two").symlink_to("one")
    answer = place.run("test", "--fast", cwd=tmp_path, script=links / "two")
    assert answer.returncode == 0, answer.stderr
    assert f"cwd={place.home}" in answer.stdout
    assert arguments(answer)[:2] == ["-m", "pytest"]
    assert arguments(answer)[-1] == "--fast"


def test_all_tests_run_on_every_core_and_chosen_ones_as_they_are_called(place: Place) -> None:
    place.pretend("python3")
    every_core = ["-m", "pytest", "-n", "4", "--dist", "worksteal"]  # nobody here can say how many cores there are
    assert arguments(place.run("test")) == every_core
    assert arguments(place.run("test", "--fast")) == [*every_core, "--fast"]
    assert arguments(place.run("test", "tests/rules", "--pdb")) == ["-m", "pytest", "tests/rules", "--pdb"]


def test_the_night_is_all_tests_and_then_the_gates_many_times_over(place: Place) -> None:
    place.pretend("python3")
    gates = ["-m", "tests.delivery.gates"]
    assert arguments(place.run("gates", "--only", "kills")) == [*gates, "--only", "kills"]
    night = place.run("test", "--nightly", "--resume", "night.jsonl")
    assert arguments(night) == [*gates, "--whole", "--nightly", "--resume", "night.jsonl"]


def test_the_exit_code_of_the_command_is_its_own(place: Place) -> None:
    place.pretend("python3")
    assert place.run("doctor", EXIT_CODE="7").returncode == 7


def test_check_runs_every_step_and_names_those_that_failed(place: Place) -> None:
    place.pretend("python3")
    good = place.run("check")
    assert good.returncode == 0
    assert good.stderr.splitlines()[-1] == "Все проверки прошли."
    bad = place.run("check", EXIT_CODE="1")
    assert bad.returncode == 1
    assert bad.stderr.splitlines()[-1].startswith("Не прошли: ruff format, ruff check, mypy, import-linter,")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_script_reaches_the_service(place: Place, number: signal.Signals) -> None:
    place.pretend("python3")
    place.run("run")
    service = place.start("run", SLEEPS="1")
    assert service.stdout is not None
    assert int(service.stdout.readline()) == service.pid  # the script became the service
    service.send_signal(number)
    assert service.wait(PATIENCE) == -number
    service.stdout.close()
    assert service.stderr is not None
    service.stderr.close()
