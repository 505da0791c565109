"""Commands as a person would run them: a process of its own, a home and a database of its own."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent
# Not manage.py: it would set up a .venv first, and the tests run in one already.
START = (
    "import sys; from django.core.management import execute_from_command_line as go; go(['manage.py', *sys.argv[1:]])"
)


def environment(home: pathlib.Path, **more: str) -> dict[str, str]:
    """This process's environment, with the data of `home`: an embedded database unless one is named."""
    told = {
        **os.environ,
        "DIALOGUE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dialogue.settings",
        "PYTHONPATH": str(ROOT),
    }
    told |= dict.fromkeys(("LIMIT_STATEMENTS", "LIMIT_STANCES", "LIMIT_RENAMES"), "0")  # tests write as fast as they can
    told |= {"DATABASE_URL": f"sqlite:///{home / 'data.sqlite3'}", "PYTHONUNBUFFERED": "1"}
    return told | more


def manage(home: pathlib.Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run a command to its end; its output as text."""
    return subprocess.run(
        [sys.executable, "-c", START, *arguments],
        env=environment(home, **more), cwd=home, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def started(home: pathlib.Path, *arguments: str, **more: str) -> subprocess.Popen:
    """Start a command that goes on; its output as text, line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        env=environment(home, **more), cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
