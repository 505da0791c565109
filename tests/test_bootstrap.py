"""`manage.py demo` and `manage.py test` on a machine that has only Python and pip, and what the run says at its end."""

import ast
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from dialogue import bootstrap
from dialogue.bootstrap import DEV, RUNTIME, STAMP, CannotStart, is_ready, set_up
from tests import run

ROOT = pathlib.Path(bootstrap.ROOT)
BASE = sys._base_executable  # type: ignore[attr-defined]

# A Python that writes down what it is asked, makes real environments and pretends to install.
PYTHON = """#!{base}
import json, os, signal, sys
if sys.argv[1:] == ["-m", "pip", "--version"]:
    print("pip {pip} from /somewhere")
    sys.exit()
with open(r"{asked}", "a") as file:
    file.write(json.dumps([sys.argv[1:], dict(os.environ)]) + "\\n")
if sys.argv[2] == "venv":
    os.execv(r"{base}", [r"{base}", *sys.argv[1:]])
{install}
"""


class Machine:
    """A checkout with two requirement files, and a Python that keeps a list of what it was asked to do."""

    def __init__(self, home):
        self.home, self.root, self.venv = home, home / "checkout", home / "checkout" / ".venv"
        self.root.mkdir()
        self.write(RUNTIME, "django==5.2\n")
        self.write(DEV, "django==5.2\npytest==9\n")

    def write(self, name, text):
        (self.root / name).write_text(text)

    def python(self, install="", pip="23.2"):
        path = self.home / f"python-{len(list(self.home.iterdir()))}"
        path.write_text(PYTHON.format(base=BASE, pip=pip, asked=self.home / "asked", install=install))
        path.chmod(0o755)
        return str(path)

    def set_up(self, requirements=RUNTIME, **python):
        set_up(str(self.venv), requirements, str(self.root), [self.python(**python)])

    def start(self, **python):
        """The same in a process of its own."""
        arguments = [str(self.venv), RUNTIME, str(self.root), [self.python(**python)]]
        code = f"from dialogue import bootstrap; bootstrap.set_up(*{arguments!r})"
        return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def asked(self):
        path = self.home / "asked"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def steps(self):
        """What was asked for, in short: "venv", or the name of the file that pip was to install."""
        return ["venv" if words[1] == "venv" else pathlib.Path(words[-1]).name for words, _ in self.asked()]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_the_second_start_asks_nobody(machine):
    machine.set_up()
    assert machine.steps() == ["venv", RUNTIME]
    set_up(str(machine.venv), RUNTIME, str(machine.root), ["/no/such/python"])
    assert machine.steps() == ["venv", RUNTIME]


def another_python(machine):
    stamp = machine.venv / STAMP
    stamp.write_text(stamp.read_text().replace(sys.implementation.cache_tag, "cpython-399"))


def changed_requirements(machine):
    machine.write(RUNTIME, "django==5.3\n")


def lost_interpreter(machine):
    pathlib.Path(bootstrap.python_of(machine.venv)).unlink()


@pytest.mark.parametrize("happens", [another_python, changed_requirements, lost_interpreter])
def test_an_outdated_environment_is_made_anew(machine, happens):
    machine.set_up()
    (machine.venv / "left-over").touch()
    happens(machine)
    assert not is_ready(machine.venv, RUNTIME, machine.root)
    machine.set_up()
    assert machine.steps() == ["venv", RUNTIME] * 2
    assert is_ready(machine.venv, RUNTIME, machine.root)
    assert not (machine.venv / "left-over").exists()


def test_the_tests_add_to_what_the_demo_installed_and_the_demo_goes_on_with_it(machine):
    machine.set_up(RUNTIME)
    assert not is_ready(machine.venv, DEV, machine.root)
    machine.set_up(DEV)
    machine.set_up(RUNTIME)
    assert machine.steps() == ["venv", RUNTIME, DEV]


def test_every_requirement_of_the_demo_is_one_of_the_tests_at_the_same_version():
    pins = [set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE)) for name in (RUNTIME, DEV)]
    assert len(pins[0]) > 10
    assert pins[0] < pins[1]


def test_of_two_starts_at_once_one_installs_and_the_other_waits(machine):
    gate = machine.home / "gate"
    os.mkfifo(gate)
    first = machine.start(install=f"open(r'{gate}').read()")
    with gate.open("w"):  # opens when the first is at its pip
        second = machine.start()
        assert "Another start" in second.stderr.readline()
    first.communicate()
    second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.steps() == ["venv", RUNTIME]


def test_a_killed_installation_is_repaired_by_the_next_start(machine):
    killed = machine.start(install="os.kill(os.getppid(), signal.SIGKILL)")
    killed.communicate()
    assert killed.returncode == -9
    assert not (machine.venv / STAMP).exists()
    machine.set_up()
    assert machine.steps() == ["venv", RUNTIME] * 2


def test_the_next_start_waits_for_the_pip_that_outlived_a_killed_one(machine):
    gate = machine.home / "gate"
    os.mkfifo(gate)
    killed = machine.start(install=f"os.kill(os.getppid(), signal.SIGKILL); open(r'{gate}').read()")
    with gate.open("w"):
        killed.wait()
        following = machine.start()
        assert "Another start" in following.stderr.readline()
        assert machine.steps() == ["venv", RUNTIME]
    following.communicate()
    killed.stderr.close()
    assert machine.steps() == ["venv", RUNTIME] * 2


def test_a_killed_upgrade_does_not_pass_for_the_environment_that_it_was(machine):
    machine.set_up(RUNTIME)
    with pytest.raises(CannotStart):
        machine.set_up(DEV, install="sys.exit(1)")
    assert not is_ready(machine.venv, RUNTIME, machine.root)


def test_where_pip_fails_a_sentence_says_what_to_do_and_nothing_is_stamped(machine):
    with pytest.raises(CannotStart, match="If it is the network: connect and start again"):
        machine.set_up(install="sys.exit(1)")
    assert not (machine.venv / STAMP).exists()


def test_an_environment_made_by_hand_is_left_alone(machine):
    subprocess.run([BASE, "-m", "venv", "--without-pip", machine.venv], check=True)
    before = sorted(machine.venv.rglob("*"))
    with pytest.raises(CannotStart, match="was not made by manage"):
        machine.set_up()
    assert machine.steps() == []
    assert [path for path in sorted(machine.venv.rglob("*")) if path.name != bootstrap.LOCK] == before


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 5, 0), (3, 10, 14)])
def test_an_old_python_gets_a_sentence(version):
    with pytest.raises(CannotStart, match=r"needs Python 3\.11 or later, and .* is {}\.{}:".format(*version)):
        bootstrap.require_python(version)
    bootstrap.require_python((3, 11, 0))


def test_an_old_pip_gets_a_sentence_and_so_does_none(machine):
    with pytest.raises(CannotStart, match=r"needs pip 22\.3 or later, and .* has 22\.2: upgrade it"):
        machine.set_up(pip="22.2.1")
    with pytest.raises(CannotStart, match="has no pip: install it"):
        set_up(str(machine.venv), RUNTIME, str(machine.root), ["/no/such/python"])
    assert machine.steps() == []
    new_enough = machine.python(pip="22.3")
    assert bootstrap.python_with_pip(["/no/such/python", machine.python(pip="9.0"), new_enough]) == new_enough


@pytest.mark.parametrize("name", ["manage.py", "dialogue/__init__.py", "dialogue/bootstrap.py"])
def test_an_old_python_can_read_as_far_as_its_sentence(name):
    tree = ast.parse((ROOT / name).read_bytes().decode("ascii"), feature_version=(3, 4))
    too_new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Starred,
        ast.Nonlocal,
        ast.YieldFrom,
        ast.AsyncFunctionDef,
    )
    for node in ast.walk(tree):
        assert not isinstance(node, too_new)
        assert not (isinstance(node, ast.Raise) and node.cause)
        assert not (isinstance(node, ast.arg) and node.annotation)
        assert not (isinstance(node, ast.arguments) and (node.kwonlyargs or node.posonlyargs))
        assert not (isinstance(node, ast.FunctionDef) and node.returns)


def test_where_it_lies_can_be_told():
    assert bootstrap.venv_path({}) == str(ROOT / ".venv")
    assert bootstrap.venv_path({"DIALOGUE_HOME": ""}) == str(ROOT / ".venv")
    assert bootstrap.venv_path({"DIALOGUE_HOME": "/srv/table"}) == "/srv/table/.venv"


def test_where_one_may_not_write_a_sentence_asks_for_a_home(machine):
    machine.venv = machine.root / RUNTIME / ".venv"  # below a file, where not even root can make a directory
    with pytest.raises(CannotStart, match="set DIALOGUE_HOME to a directory where you may write"):
        machine.set_up()


def test_pip_hears_how_to_reach_an_index_and_nothing_about_where_to_install(machine, monkeypatch):
    for name in (
        "PIP_INDEX_URL",
        "PIP_PROXY",
        "PIP_TARGET",
        "PIP_REQUIREMENT",
        "PIP_USER",
        "_PIP_RUNNING_IN_SUBPROCESS",
    ):
        monkeypatch.setenv(name, "given")
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        monkeypatch.setenv(name, "/given")
    machine.set_up()
    _, environ = machine.asked()[-1]
    assert {name: value for name, value in environ.items() if "given" in value} == {
        "PIP_INDEX_URL": "given",
        "PIP_PROXY": "given",
    }
    assert environ["PIP_USER"] == environ["PIP_REQUIRE_VIRTUALENV"] == "0"


def wheel(directory):
    """A wheel of one module, `crumb`, and the requirement line with its hash."""
    path = directory / "crumb-1-py3-none-any.whl"
    files = {
        "crumb.py": "",
        "crumb-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: crumb\nVersion: 1\n",
        "crumb-1.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        record = "".join(f"{name},sha256={digest(text)},{len(text)}\n" for name, text in files.items())
        archive.writestr("crumb-1.dist-info/RECORD", record + "crumb-1.dist-info/RECORD,,\n")
    return f"crumb==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def test_the_real_pip_installs_into_its_own_environment_from_inside_an_active_one(machine, monkeypatch):
    machine.write(RUNTIME, wheel(machine.home))
    active = machine.home / "active"
    subprocess.run([BASE, "-m", "venv", "--without-pip", active], check=True)
    before = sorted(active.rglob("*"))
    for name, value in {"VIRTUAL_ENV": active, "PIP_TARGET": active, "PIP_FIND_LINKS": machine.home}.items():
        monkeypatch.setenv(name, str(value))
    for name in ("PIP_NO_INDEX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    code = (
        f"from dialogue import bootstrap; bootstrap.set_up({str(machine.venv)!r}, {RUNTIME!r}, {str(machine.root)!r})"
    )
    subprocess.run([active / "bin" / "python", "-c", code], cwd=ROOT, check=True)
    assert sorted(active.rglob("*")) == before
    assert [path.parent.parent.parent.parent for path in machine.venv.rglob("crumb.py")] == [machine.venv]
    assert is_ready(machine.venv, RUNTIME, machine.root)


@pytest.fixture
def checkout(machine):
    """A checkout that is set up, with a tests/run.py and a Django that tell what they are called with."""
    telling = "import sys; print(sys.prefix, *sys.argv[1:]); sys.exit(7)"
    for name in ("manage.py", "dialogue/__init__.py", "dialogue/bootstrap.py"):
        (machine.root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, machine.root / name)
    machine.set_up(DEV)
    (machine.root / "tests").mkdir()
    (machine.root / "tests" / "run.py").write_text(telling)
    django = next(machine.venv.glob("lib/python*/site-packages")) / "django" / "core"
    django.mkdir(parents=True)
    (django / "management.py").write_text(f"def execute_from_command_line(argv): {telling}")
    return machine


def manage(checkout, *arguments, python=BASE):
    environ = {name: value for name, value in os.environ.items() if name != "DIALOGUE_HOME"}
    command = [python, checkout.root / "manage.py", *arguments]
    return subprocess.run(command, env=environ, cwd=checkout.home, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "heard"),
    [
        (["demo", "--port", "80", "--help"], "demo --port 80 --help"),
        (["test", "--only", "lint", "--", "-k", "two words"], "--only lint -- -k two words"),
        (["migrate", "--plan"], "migrate --plan"),
    ],
)
def test_arguments_and_exit_code_pass_through_untouched(checkout, arguments, heard):
    for python in (BASE, bootstrap.python_of(checkout.venv)):  # from outside, and with .venv active
        answer = manage(checkout, *arguments, python=python)
        assert (answer.stdout, answer.stderr, answer.returncode) == (f"{checkout.venv} {heard}\n", "", 7)


def test_without_django_any_other_command_says_what_to_run_first(checkout):
    shutil.rmtree(checkout.venv)
    answer = manage(checkout, "migrate")
    assert answer.stderr == "Django is not installed here: run `python3 manage.py demo` first, or activate .venv.\n"
    assert answer.returncode == 1
    assert not checkout.venv.exists()


JUNIT = """<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure message="no"/></testcase>
<testcase name="c"><skipped type="pytest.skip" message="no printer"/></testcase><testcase name="d"><error/></testcase>
<testcase name="e"><skipped type="pytest.xfail" message="known"/></testcase></testsuite></testsuites>"""


def test_the_run_counts_what_pytest_reports():
    outcome = run.counted("unit", JUNIT)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (2, 2, {"no printer": 1})


def test_the_last_lines_say_what_ran_and_what_was_skipped():
    outcomes = [run.Outcome("lint"), run.Outcome("unit", passed=310), run.Outcome("browser", note="no tests")]
    assert run.report(outcomes, [], require_all=True) == (
        ["ran: lint, unit (310 passed), browser (no tests)", "310 passed, 0 failed"],
        0,
    )
    outcomes[1].skipped["no printer"] = 2
    lines = [
        "ran: lint, unit (310 passed), browser (no tests)",
        "skipped: no PostgreSQL",
        "skipped: unit: 2 x no printer",
        "310 passed, 0 failed, 3 skipped",
    ]
    assert run.report(outcomes, ["no PostgreSQL"], require_all=False) == (lines, 0)
    lines.insert(3, "--require-all: nothing may be missing or skipped, so this run fails.")
    assert run.report(outcomes, ["no PostgreSQL"], require_all=True) == (lines, 1)


def test_a_failure_and_a_run_of_nothing_are_failures():
    failed = [run.Outcome("lint", failed=1, note="failed"), run.Outcome("unit", passed=3, failed=2)]
    assert run.report(failed, [], False) == (["ran: lint (failed), unit (3 passed, 2 failed)", "3 passed, 3 failed"], 1)
    assert run.report([run.Outcome("browser", note="no tests")], [], False)[1] == 1
