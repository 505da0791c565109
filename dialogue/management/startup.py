"""What must hold before the server takes its first visitor; each refusal says how to mend it."""

import contextlib
import os
import pathlib
import sqlite3
from collections.abc import Iterator
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from dialogue.bootstrap import seized
from dialogue.db.place import database_file, is_in_memory
from dialogue.people.models import Person

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2 is FULL: on the disk before it is answered


def require_safe_settings(host: str) -> None:
    """Raise CommandError where an address as public as that may not be served with these settings."""
    key, hosts = settings.SECRET_KEY, settings.ALLOWED_HOSTS
    if len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure"):
        raise CommandError(
            "SECRET_KEY is too short or a known one: whoever guesses it signs in as anybody. Take it out of the "
            "environment, and one is made and kept; or set 50 random characters or more."
        )
    if not hosts or "*" in hosts:
        raise CommandError(
            "ALLOWED_HOSTS lets every name in. Set it to the name under which people reach this server, for example "
            "ALLOWED_HOSTS=table.example.org."
        )
    if settings.DEBUG and not {host, *hosts} <= LOOPBACK:
        raise CommandError(
            "DEBUG shows whoever meets an error this server's inner workings. Take DEBUG out of the environment, or "
            "serve 127.0.0.1 only."
        )


def require_whole_openid() -> None:
    """Raise CommandError where an OpenID provider is named by halves, or without TLS."""
    told = {name: getattr(settings, name) for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_SECRET")}
    missing = [name for name, value in told.items() if not value]
    if missing and len(missing) < len(told):
        raise CommandError(
            f"The OpenID provider is named by halves: {' and '.join(missing)} is missing. Set OIDC_ISSUER, "
            "OIDC_CLIENT_ID and OIDC_SECRET, or none of them."
        )
    issuer = urlsplit(settings.OIDC_ISSUER)
    if settings.OIDC_ISSUER and issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
        raise CommandError(
            "OIDC_ISSUER must begin with https://: whoever is between could say who anybody is. Set it to the "
            "provider's own address, without /.well-known/…"
        )


def require_database() -> None:
    """Raise CommandError where the database is not there, not durable, of another version, or a demo's."""
    try:
        executor = MigrationExecutor(connection)
        if connection.vendor == "sqlite":
            require_pragmas()
        else:
            require_commits()
    except (OperationalError, sqlite3.Error) as problem:
        raise CommandError(f"The database cannot be reached: {problem}. DATABASE_URL says where it is.") from problem
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if not executor.loader.applied_migrations:
            raise CommandError("The database is empty. Make its tables: manage.py migrate")
        raise CommandError(
            "The database lacks tables of this version. Back up what is in it, then run: manage.py migrate"
        )
    if not settings.DEMO and Person.objects.filter(is_sample=True).exists():
        raise CommandError(
            "The demo's sample people are in this database, and anybody may come in as one of them in a demo. Serve it "
            "with manage.py demo, or name a database of its own in DATABASE_URL."
        )


def require_pragmas() -> None:
    """Read back how SQLite keeps what is written. Raises CommandError."""
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted and not (name == "journal_mode" and is_in_memory()):
                raise CommandError(
                    f"SQLite answers {name}={found} instead of {wanted}: what people say could be lost. Put the "
                    "database on a local disk that this user may write to, not on a network share."
                )


def require_commits() -> None:
    """Ask PostgreSQL whether what it has accepted is on its disk. Raises CommandError."""
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                raise CommandError(
                    f"PostgreSQL runs with {name}=off: what people say could be lost. Set {name} = on in "
                    "postgresql.conf or for this role and database, and start again."
                )


def require_static_files() -> None:
    """Raise CommandError where the files that were collected are not those of this version."""
    known = getattr(staticfiles_storage, "hashed_files", {})
    for finder in finders.get_finders() if known else ():
        for path, storage in finder.list([]):
            name = path.replace(os.sep, "/")
            with contextlib.suppress(OSError), storage.open(path) as new, staticfiles_storage.open(name) as collected:
                if name in known and new.read() == collected.read():
                    continue
            raise CommandError(
                f"The static files are of another version ({name}). Run: manage.py collectstatic --noinput"
            )


def notes(host: str) -> Iterator[str]:
    """What works and could work better."""
    if host not in LOOPBACK and not settings.BEHIND_PROXY and not settings.DEMO:
        yield (
            "Whoever is between can read along: put a proxy with a certificate in front, and set BEHIND_PROXY=1 "
            "(docs/running.md)."
        )
    if connection.vendor != "sqlite" and not settings.REDIS_URL:
        yield (
            "REDIS_URL is not set: with several processes, what happens in one reaches the pages of another within two "
            "seconds instead of at once."
        )
    if not settings.DEMO and not Person.objects.filter(may_convene=True).exists():
        yield "Nobody may set up events yet. Let somebody: manage.py convene EMAIL"
    if not settings.DEMO and not settings.EMAIL_HOST and settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield (
            "EMAIL_HOST is not set: no mail goes out, so nobody can sign in. Name your mail server, and set EMAIL_FROM "
            "to the address that it sends from (docs/running.md)."
        )
    if settings.REDIS_URL:
        try:
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
        except redis.RedisError:
            yield "Redis does not answer at REDIS_URL: until it does, open pages hear of things within two seconds."
    if not getattr(staticfiles_storage, "hashed_files", {}) and not settings.DEMO:
        yield (
            "The static files are not collected, so browsers ask for them every minute. Run: manage.py collectstatic "
            "--noinput"
        )


# ------------------------------------------------------------------ one server on an embedded database


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep an embedded database for this server as long as the block lasts; its end, however it comes, frees it.

    Raises CommandError where another server has it. Commands may run beside it.
    """
    path = lock_file()
    if path is None:
        yield
        return
    with path.open("a+") as lock:
        if not seized(lock):
            raise CommandError(
                f"Another server{holder(path)} serves this database already, and SQLite can have one only. Stop it "
                "first; or serve with several processes from PostgreSQL and Redis: set DATABASE_URL and REDIS_URL."
            )
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def lock_file() -> pathlib.Path | None:
    """The file whose lock the server of an embedded database holds; None where any number may serve."""
    path = database_file()
    return path and path.with_name(path.name + ".server")


def holder(path: pathlib.Path) -> str:
    """Who holds that lock, as far as the file says."""
    with contextlib.suppress(OSError, ValueError):
        return f" (process {int(path.read_text())})"
    return ""
