"""What the fault tests stand on: the seated event on both databases, and a scene for each test."""

import os
import pathlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator

import pytest

from tests.faults.scene import FIRST_SEED, Ground, Scene, cluster
from tests.faults.servers import Postgres


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Nothing here runs Django in this process."""


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """Databases with an event in them, to be copied."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    made = Ground(folder, writers=20, readers=200)
    yield made
    if made.postgres:
        made.postgres.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_postgres(ground: Ground) -> Iterator[Postgres]:
    """A PostgreSQL that may be crashed: no other test's."""
    needs_postgres()
    made = cluster(ground.folder / f"postgres-{secrets.token_hex(4)}")
    yield made
    made.end()


def needs_postgres() -> None:
    """Skip where there is none to start."""
    if not Postgres.is_installed():
        pytest.skip("no PostgreSQL programs found (install postgresql)")


@pytest.fixture
def seed() -> int:
    """Where chance begins: FAULTS_SEED, or a new one, which is printed."""
    return int(os.environ.get("FAULTS_SEED") or secrets.randbelow(10**6)) or FIRST_SEED


@pytest.fixture
def stage(ground: Ground, tmp_path: pathlib.Path, seed: int) -> Iterator[Callable[..., Scene]]:
    """`stage("sqlite")` is a fresh scene; a test may have several, its control for one."""
    made: list[Scene] = []

    def scene(kind: str, own: Postgres | None = None) -> Scene:
        if kind == "postgres":
            needs_postgres()
        folder = tmp_path / f"{kind}-{len(made)}"
        folder.mkdir()
        database, seats = ground.copy(kind, folder, own)
        made.append(Scene(folder, kind, database, seats, seed, own or ground.postgres))
        print(f"\n[{kind}] seed {seed}")
        return made[-1]

    yield scene
    for one in made:
        one.end()
