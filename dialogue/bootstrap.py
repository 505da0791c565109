"""Makes the .venv that `manage.py demo` and `manage.py test` run in.

Python 2.7 must get through this file and manage.py to the sentence that says it is too old: no f-strings,
no annotations, no keyword-only arguments, no `raise from`, ASCII only.
"""
# ruff: noqa: B904, B905, C402, RUF005, UP031

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"  # DEV holds all of RUNTIME, at the same versions
REQUIREMENTS = {"demo": RUNTIME, "test": DEV}
DOWNLOAD = {RUNTIME: "110 MB", DEV: "200 MB"}  # measured with `pip download` on Linux x86_64
STAMP, LOCK = "bootstrap.stamp", "bootstrap.lock"
PROMPT = "roundtable.venv"  # stands in pyvenv.cfg, and so tells our .venv from one made by hand

# pip takes every option from PIP_<OPTION> too. How to reach an index is the person's to say; what to install
# and where (PIP_USER, PIP_TARGET, PIP_REQUIREMENT, ...) is ours.
KEPT = re.compile(
    "PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|PROXY|CERT|CLIENT_CERT|DEFAULT_TIMEOUT|TIMEOUT"
    "|RETRIES|CACHE_DIR|NO_CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|USE_FEATURE|USE_DEPRECATED|PROGRESS_BAR|NO_COLOR)$"
)
MISLEADING = re.compile("_?PIP_|VIRTUAL_ENV|PYTHON(HOME|PATH|EXECUTABLE)$|__PYVENV_LAUNCHER__$")


class CannotStart(Exception):
    """Why not, and what to do about it, as one sentence for the person at the terminal."""


def start(argv):
    """Answer `demo` and `test`: make .venv ready and go on inside it, which does not return.

    Returns when there is nothing to do here: for any other command, and for `demo` once inside .venv.
    Exits with a sentence and code 1 where it cannot start, with 130 on Ctrl-C.
    """
    command = argv[1] if len(argv) > 1 else None
    if command not in REQUIREMENTS:
        return
    venv = venv_path(os.environ)
    try:
        set_up(venv, REQUIREMENTS[command])
    except CannotStart as why:
        sys.exit(str(why))
    except KeyboardInterrupt:
        sys.exit(130)
    if command == "test":
        hand_over(venv, [os.path.join(ROOT, "tests", "run.py")] + argv[2:])
    elif not runs_in(venv):
        hand_over(venv, [os.path.join(ROOT, "manage.py")] + argv[1:])


def start_without_django(argv):
    """Run any other command with the Python of a finished .venv; exits with a sentence where there is none."""
    venv = venv_path(os.environ)
    if runs_in(venv) or not os.path.exists(os.path.join(venv, STAMP)) or not os.path.exists(python_of(venv)):
        sys.exit("Django is not installed here: run `python3 manage.py demo` first, or activate .venv.")
    hand_over(venv, [os.path.join(ROOT, "manage.py")] + argv[1:])


def venv_path(environ):
    """Where .venv lies: in the checkout, or in $DIALOGUE_HOME where the checkout is read-only."""
    return os.path.join(os.path.abspath(environ.get("DIALOGUE_HOME") or ROOT), ".venv")


def python_of(venv):
    """The Python of a virtual environment, on this kind of system."""
    return os.path.join(venv, "Scripts", "python.exe") if os.name == "nt" else os.path.join(venv, "bin", "python")


def runs_in(venv):
    """Whether this process runs in that environment already."""
    return os.path.exists(venv) and os.path.samefile(sys.prefix, venv)


def set_up(venv, requirements, root=ROOT, pythons=None):
    """Make `venv` hold what the `requirements` file in `root` lists; nothing to do when its stamp says that it does.

    `pythons` are the interpreters whose pip may install it, the better one first. Raises CannotStart.
    """
    require_python(sys.version_info)
    if is_ready(venv, requirements, root):
        return
    try:
        with locked(venv) as lock:
            if not is_ready(venv, requirements, root):  # whoever held the lock may have done it
                install(venv, requirements, root, python_with_pip(pythons or outer_pythons(venv)), lock)
    except OSError as error:
        raise CannotStart("Could not set up %s: %s." % (venv, error))


def require_python(version):
    """Raise CannotStart where this Python is too old."""
    if tuple(version[:2]) < (3, 11):
        found = (sys.executable,) + tuple(version[:2])
        raise CannotStart("This needs Python 3.11 or later, and %s is %s.%s: try python3.11 manage.py." % found)


def is_ready(venv, requirements, root=ROOT):
    """Does the stamp in `venv` promise this Python and this very file, and is the environment's Python there?"""
    try:
        with open(os.path.join(venv, STAMP)) as file:
            stamped = file.read().splitlines()
    except OSError:
        return False
    return set(stamp_lines(root, [requirements])) <= set(stamped) and os.path.exists(python_of(venv))


def stamp_lines(root, files):
    """What an environment is stamped with: the Python that it was made for, and the hash of each file that it holds."""
    lines = ["python %s %s" % (sys.implementation.cache_tag, sysconfig.get_platform())]
    for name in files:
        with open(os.path.join(root, name), "rb") as file:
            lines.append("%s %s" % (name, hashlib.sha256(file.read()).hexdigest()))
    return lines


@contextlib.contextmanager
def locked(venv):
    """Hold `venv` against other starts, waiting for them; yields the open lock file. Raises CannotStart."""
    try:
        os.makedirs(venv, exist_ok=True)
        lock = open(os.path.join(venv, LOCK), "a")  # noqa: SIM115
    except OSError as error:
        place = venv, error.strerror
        raise CannotStart("Cannot write %s (%s): set DIALOGUE_HOME to a directory where you may write." % place)
    with lock:
        if not seized(lock):
            say("Another start is setting up %s; waiting for it." % venv)
            while not seized(lock):
                time.sleep(0.2)
        yield lock


def seized(lock):
    """Take a file's lock without waiting; say whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def outer_pythons(venv):
    """The Python beneath an active environment, then the one that runs; never one inside `venv`."""
    return [sys._base_executable] + ([] if runs_in(venv) else [sys.executable])  # type: ignore[attr-defined]


def python_with_pip(pythons):
    """The first of `pythons` whose pip can install into an environment from outside. Raises CannotStart."""
    pips = [pip_version(python) for python in pythons]
    for python, pip in zip(pythons, pips):
        if pip >= (22, 3):  # the first with --python
            return python
    if any(pips):
        raise CannotStart("This needs pip 22.3 or later, and %s has %s.%s: upgrade it." % ((pythons[0],) + max(pips)))
    raise CannotStart("%s has no pip: install it (on Debian: apt install python3-pip)." % pythons[0])


def pip_version(python):
    """(major, minor) of the pip that `python` has, or () for none."""
    ask = [python, "-m", "pip", "--version"]
    try:
        answer = subprocess.check_output(ask, env=clean(os.environ), stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(number) for number in re.findall(r"\d+", answer.decode("utf-8", "replace"))[:2])


def clean(environ):
    """A copy of `environ` without what would turn Python or pip away from .venv; the PIP_ set here beat pip.conf."""
    kept = dict((name, environ[name]) for name in environ if KEPT.match(name) or not MISLEADING.match(name))
    return dict(kept, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PIP_DISABLE_PIP_VERSION_CHECK="1")


def install(venv, requirements, root, python, lock):
    """Fill `venv`, made anew unless it holds the runtime already, and stamp it last. Raises CannotStart, OSError."""
    grows = requirements == DEV and is_ready(venv, RUNTIME, root)
    if not grows:
        require_ours(venv)
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(venv, STAMP))
    say("Setting up %s, this once: about %s of Python packages to download." % (venv, DOWNLOAD[requirements]))
    if not grows:
        clear(venv)
        run([python, "-m", "venv", "--without-pip", "--prompt", PROMPT, venv], lock)
    # The outer pip: a Python managed by its system (PEP 668) does not mind, and ensurepip may be missing.
    pip = [python, "-m", "pip", "--python", python_of(venv), "install", "--require-hashes", "--only-binary", ":all:"]
    run(pip + ["-r", os.path.join(root, requirements)], lock)
    write_stamp(venv, stamp_lines(root, [RUNTIME, DEV] if requirements == DEV else [RUNTIME]))


def require_ours(venv):
    """Never clear away an environment that somebody made by hand."""
    with contextlib.suppress(FileNotFoundError), open(os.path.join(venv, "pyvenv.cfg")) as file:
        if PROMPT not in (file.read() or PROMPT):  # empty: killed while writing it
            raise CannotStart("%s was not made by manage.py: move it away, or set DIALOGUE_HOME." % venv)


def clear(venv):
    """Delete what lies in a folder, but for the lock that this start holds."""
    for entry in os.scandir(venv):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.name != LOCK:
            os.remove(entry.path)


def run(command, lock):
    """Run one step of the installation. Raises CannotStart when it fails; it has printed why."""
    os.set_inheritable(lock.fileno(), True)  # if only we are killed, the next start waits for the step that lives on
    if subprocess.call(command, env=clean(os.environ), close_fds=False) != 0:
        raise CannotStart(
            "Setting up failed; what is printed above says why. If it is the network: connect and start again "
            "(behind a proxy, set HTTPS_PROXY; with a package index of your own, PIP_INDEX_URL)."
        )


def write_stamp(venv, lines):
    """Write the stamp in one step, last of all."""
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(path + ".new", path)


def hand_over(venv, arguments):
    """Go on as the environment's Python with these arguments; does not return."""
    command = [python_of(venv)] + arguments
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, clean(os.environ))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # exec detaches on Windows, so wait; Ctrl-C is for the child
    sys.exit(subprocess.call(command, env=clean(os.environ)))


def say(sentence):
    """A sentence on standard error, at once."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
