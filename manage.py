#!/usr/bin/env python3
"""Django's command line. `demo` and `test` need nothing installed: they set themselves up first, in .venv."""

import os
import sys

from dialogue import bootstrap


def main():
    """Set up where that is asked for, then go on as Django's own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
    bootstrap.start(sys.argv)
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        bootstrap.start_without_django(sys.argv)
    else:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
