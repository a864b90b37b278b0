#!/usr/bin/env python3
"""Django's command line, for this project."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    from django.core.management import execute_from_command_line

    from commitments.ops.service_environment import say_database

    say_database(sys.stderr)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
