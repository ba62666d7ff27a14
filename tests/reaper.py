"""Ends the suite's servers when the suite's process is gone, however it went: `python -m tests.reaper FOLDER`.

The suite holds the other end of our standard input. Its end closes with the process, even by SIGKILL.
"""

import shutil
import sys
from pathlib import Path

from certportal import embedded


def main(folder: Path) -> None:
    sys.stdin.read()
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
