#!/usr/bin/env python
"""Entry to every command that touches data. Without DATABASE_URL it works on the embedded servers under var/."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certportal.settings.dev")
    from certportal import embedded, env  # noqa: F401  (.env may name the servers)

    embedded.provide()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
