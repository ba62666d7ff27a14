"""Chromium for the browser tests: the one that is there, else the one that can be had. `python -m tests.browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The same engine without a desktop's browser around it: a walked page costs 40 % less of the processor.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
NAMES = (*SHELLS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
FONTS = "fonts-noto-cjk"
ADVICE = """No Chromium was found, and none could be installed. The browser tests need one:
  - Debian, Ubuntu (as root):  apt-get install chromium-headless-shell fonts-noto-cjk
  - anywhere:                  .venv/bin/python -m playwright install --with-deps chromium
  - or name an existing one:   CHROMIUM=/path/to/chromium make test"""


def find() -> str | None:
    """The browser to drive: $CHROMIUM, else one on the PATH, else Playwright's own; None if there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None) or playwrights_own()


def playwrights_own() -> str | None:
    """What `playwright install chromium` left in the user's cache: the shell, else the whole browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    shells = path.parents[2].glob(f"chromium_headless_shell-{path.parts[-3].rpartition('-')[2]}/*/*headless*shell")
    return next((str(found) for found in (*shells, path) if found.exists()), None)


def install() -> None:
    """By the system's packages as root, else by Playwright. Failures show on the terminal and are tried past."""
    if may_install():
        apt("update", "-q")
        # Not every distribution has the shell.
        if apt("install", "-yq", SHELLS[0], FONTS) or apt("install", "-yq", "chromium", FONTS):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(*words: str, quiet: bool = False) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(["apt-get", *words], env=environment, check=False, stdout=output, stderr=output)
    return done.returncode == 0


def lighten() -> None:
    """Put the shell beside a whole browser where the system has it at hand; without it the suite is only slower."""
    if not os.environ.get("CHROMIUM") and not any(map(shutil.which, SHELLS)) and may_install():
        print(f"» {SHELLS[0]}, lighter than the browser that is there", flush=True)
        apt("install", "-yq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", SHELLS[0], quiet=True)


def main() -> int:
    if find():
        lighten()
    else:
        print("» Chromium for the browser tests", flush=True)
        install()
    found = find()
    if not found or not Path(found).exists():
        print(f"CHROMIUM={found} does not exist" if found else ADVICE, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
