"""Children that misbehave, for the parent's tests: `python -m tests.imports.children WHAT`."""

import json
import os
import sys
import time

from services.imports.child import lower_limits


def tell_environment() -> None:
    print(json.dumps({"ok": sorted(os.environ)}))


def hang() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(3)


def babble() -> None:
    print("not JSON at all")


def eat_memory() -> None:
    lower_limits()
    print(json.dumps({"ok": len(bytearray(2 * 1024**3))}))


def burn() -> None:
    lower_limits()
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass


def write_file() -> None:
    lower_limits()
    name = sys.stdin.read()
    with open(name, "w", encoding="utf-8") as file:
        file.write("stolen")
    print(json.dumps({"ok": "written"}))


def start_process() -> None:
    lower_limits()
    os.setuid(65534) if os.getuid() == 0 else None  # the superuser has no such limit
    os.fork()
    print(json.dumps({"ok": "forked"}))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
