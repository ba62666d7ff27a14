"""Chromium for the browser tests: the one that is there, else the one that can be had. `python -m tests.browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ADVICE = """No Chromium was found, and none could be installed. The browser tests need one:
  - Debian, Ubuntu (as root):  apt-get install chromium fonts-noto-cjk
  - anywhere:                  .venv/bin/python -m playwright install --with-deps chromium
  - or name an existing one:   CHROMIUM=/path/to/chromium make test"""


def find() -> str | None:
    """The browser to drive: $CHROMIUM, else one on the PATH, else Playwright's own; None if there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None) or playwrights_own()


def playwrights_own() -> str | None:
    """What `playwright install chromium` left in the user's cache."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """By the system's packages as root, else by Playwright. Failures show on the terminal and are tried past."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-yq", "chromium", "fonts-noto-cjk"]):
            subprocess.run(command, env=environment, check=False)
        if find():
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if not find():
        print("» Chromium for the browser tests", flush=True)
        install()
    found = find()
    if not found or not Path(found).exists():
        print(f"CHROMIUM={found} does not exist" if found else ADVICE, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
