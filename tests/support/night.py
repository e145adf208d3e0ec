"""Tests that wait for the night: they repeat at length what another test of every run holds.

`./zvonok test --nightly` and `./zvonok gates` run them; every other run leaves them out, so that it stays within its
time. Each line is a part of a test's name, as pytest prints it; every part of it must be there.
"""

GATES = "ZVONOK_GATES_RESULTS"  # set where the gates run alone, with their own limits of time
LINES: tuple[tuple[str, ...], ...] = (
    # The other engine of a gate whose first engine runs always.
    ("gates/test_faults.py", "postgres"),
    ("gates/test_disk.py", "postgresql"),
    ("gates/test_intake.py", "postgres"),
    ("gates/test_limits.py", "postgres"),
    ("gates/test_kills.py", "postgres-before_"),
    ("gates/test_kills.py", "postgres-after_inbox_commit"),
    ("gates/test_kills.py", "postgres-after_settle"),
    ("gates/test_kills.py", "test_sigterm", "postgres"),
    ("gates/test_locks.py", "postgres"),
    ("gates/test_restores.py", "postgres"),
    *(("gates/test_time.py", "postgres", zone) for zone in ("Berlin", "York", "Kamchatka", "Howe", "Kiritimati")),
    ("test_crash_school.py", "postgres"),
    ("proof/test_quarter.py", "postgres-between"),
    ("proof/test_quarter.py", "postgres-on the"),
    ("proof/test_quarter.py", "postgres-a minute"),
    # Negative controls beside another of the same gate that runs always.
    ("gates/test_faults.py", "test_the_gate_is_red", "effect_without"),
    ("gates/test_faults.py", "test_the_gate_is_red", "unknown_taken"),
    ("gates/test_limits.py", "test_the_gate_is_red", "urgent_like"),
    ("gates/test_locks.py", "test_the_gate_is_red"),
    ("gates/test_kills.py", "effect_without_its_mark"),
    ("gates/test_kills.py", "unknown_taken_for_returned"),
    ("gates/test_kills.py", "results_are_not_written_down"),
    ("gates/test_owner.py", "mistaken"),
    ("gates/test_restores.py", "without_the_quarantine"),
    ("gates/test_flood.py", "strangers"),
    ("gates/test_failover.py", "mistaken"),
    ("gates/test_failover.py", "connections"),
    # Long ways round the demo and the page, each piece of which is walked elsewhere.
    ("demo/test_restart.py", "second_request"),
    ("demo/test_restart.py", "page_of_another_site"),
    ("browser/test_tour.py", "a_day_is_lived"),
    ("browser/test_tour.py", "nothing_is_nameless", "dark"),
    ("imports/test_asc_real.py", "institute"),
    # Every bench starts processes of its own; two of them show every day that the rest would run.
    *(("tooling/test_bench.py", f"rows[{name}]") for name in ("letters", "limits", "evening", "start", "storm")),
)


def is_for_the_night(name: str) -> bool:
    """Whether a test of this name waits for the night."""
    return any(all(part in name for part in line) for line in LINES)
