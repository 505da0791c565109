"""The health address, for whatever decides whether this server gets visitors: 200 when words can be kept, or 503."""

import errno
import logging
import os
import pathlib
import tempfile
import threading
import time
from collections.abc import Callable

from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogue.db.place import database_file

ADDRESS = "/health/"
AGAIN = 3.0  # seconds after which a write is tried anew, however many ask
TRIED = 256 * 1024  # bytes that are written: more than a statement needs
# Sorted with less memory than it takes, it fills a temporary file of PostgreSQL where the tables lie: no row, no log.
SORT = "SELECT count(*) FROM (SELECT repeat('x', 64) || n AS x FROM generate_series(1, 8000) AS n ORDER BY x) AS sorted"


class Disk:
    """Whether the disk of the database takes more: tried when somebody asks, and then believed for a moment."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.tried_at, self.problem = clock, float("-inf"), ""
        self.lock = threading.Lock()

    def refuses(self) -> str:
        """Why it takes nothing, as the system says it; "" where it does. Raises Error where there is no database."""
        with self.lock:
            if self.clock() - self.tried_at >= AGAIN:
                self.problem = tried()
                self.tried_at = self.clock()
                if self.problem:
                    from dialogue.logs import tell  # which knows this address

                    tell("cannot-write", logging.ERROR, problem=self.problem)
            return self.problem


def tried() -> str:
    """Try a write; by which name the system or the database calls its failure (ENOSPC, DiskFull), or ""."""
    try:
        if connection.vendor == "postgresql":
            sort_on_disk()
        elif path := database_file():
            write_beside(path)
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, "OSError")
    except Error as problem:
        return type(problem.__cause__ or problem).__name__
    return ""


def write_beside(path: pathlib.Path) -> None:
    """Write a file without a name into the folder of an embedded database, to the disk. Raises OSError."""
    with tempfile.TemporaryFile(dir=path.parent) as file:
        file.write(bytes(TRIED))
        file.flush()
        os.fsync(file.fileno())


def sort_on_disk() -> None:
    """Let PostgreSQL write a temporary file. Raises Error, also where it takes no writing at all."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        if cursor.fetchone()[0] == "on":
            raise Error("the database is read-only")
        cursor.execute("SET LOCAL work_mem = '64kB'; SET LOCAL temp_tablespaces = ''")
        cursor.execute(SORT)


disk = Disk()


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """One word, and no session."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        status, word = (503, "cannot write\n") if disk.refuses() else (200, "ok\n")
    except Error:
        status, word = 503, "no database\n"
    headers = {"Content-Type": "text/plain", "Content-Length": str(len(word))}
    return HttpResponse(word, status=status, headers=headers)


class Health:
    """Middleware: answer the health address under any name of host, for a load balancer knows only a number."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer it here, or let the request through."""
        if request.path_info != ADDRESS:
            return self.answer(request)
        response = health(request)
        response.headers["X-Frame-Options"] = "DENY"  # the middleware that does so stands further in
        return response
