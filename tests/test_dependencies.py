"""What the program is made of: each package at one version, known by its hashes, and installed as it is written."""

import importlib.metadata
import pathlib
import re
import tomllib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)(.*)$")


def locked(name: str) -> dict[str, tuple[str, int, str]]:
    """{package: (version, how many hashes, its condition)} of a file; anything else in it fails."""
    whole = (ROOT / name).read_text().replace("\\\n", " ")
    found = {}
    for line in whole.splitlines():
        if line and not line.lstrip().startswith("#"):
            match = PINNED.match(line)
            assert match, line
            rest, *hashes = match[3].split("--hash=sha256:")
            assert all(re.fullmatch(r"[0-9a-f]{64}\s*", one) for one in hashes), line
            found[plain(match[1])] = (match[2], len(hashes), rest.strip())
    return found


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes(name: str):
    found = locked(name)
    assert len(found) > 30
    assert [package for package, (_version, hashes, _rest) in found.items() if not hashes] == []


def test_what_is_tested_is_what_runs():
    runs, tested = (locked(name) for name in FILES)
    assert {package: tested.get(package, ("",))[0] for package in runs} == {
        package: one[0] for package, one in runs.items()
    }


def test_what_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {plain(re.split(r"[\[=<>~! ]", one)[0]) for one in project["dependencies"]}
    assert asked - locked("requirements.txt").keys() == set() and len(asked) > 15
    more = {plain(re.split(r"[\[=<>~! ]", one)[0]) for one in project["optional-dependencies"]["dev"]}
    assert more - locked("requirements-dev.txt").keys() == set()


def test_what_is_installed_is_what_is_locked():
    installed = {plain(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}
    other = {
        package: (version, installed[package])
        for package, (version, _hashes, _rest) in locked("requirements-dev.txt").items()
        if package in installed and installed[package] != version
    }
    assert other == {}


def test_nothing_is_vendored():
    """What came from elsewhere comes as a package, so that a scanner of packages knows all of it."""
    big = [str(path.relative_to(ROOT)) for path in (ROOT / "static").rglob("*.js") if path.stat().st_size > 60_000]
    minified = [path.name for path in (ROOT / "static").rglob("*.min.*")]
    assert big == minified == []
