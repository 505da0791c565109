"""The demo: from an empty home to an open page, and back again with the data kept."""

import contextlib
import http.cookiejar
import re
import socket
import urllib.error
import urllib.parse
import urllib.request

import pytest

from dialogue.archive.format import canonical
from dialogue.management.commands.demo import environment as served_environment
from dialogue.management.commands.demo import free_port, own_addresses
from dialogue.report.formats import FORMATS
from tests.machine import manage, started
from tests.records import record as small


@contextlib.contextmanager
def demo(home, *arguments):
    """A served demo: the process, its first address, and what it printed until it was ready."""
    server = started(home, "demo", "--port", "0", *arguments)
    printed: list[str] = []
    try:
        for line in server.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        found = re.search(r"http://\S+?:\d+", "".join(printed))
        assert found, "".join(printed)
        yield found.group(), "".join(printed)
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


class Browser:
    """Enough of a browser: cookies, redirects, forms with their token."""

    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def get(self, url):
        try:
            with self.open(url, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode()

    def post(self, url, page, **form):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **form}).encode()
        origin = "/".join(url.split("/")[:3])
        with self.open(urllib.request.Request(url, data, {"Origin": origin}), timeout=20) as answer:
            return answer.status, answer.read().decode()


def test_a_convenor_types_one_command_and_comes_in(tmp_path):
    with demo(tmp_path) as (base, printed):
        visitor = Browser()
        assert visitor.get(f"{base}/events/victoria-2007/chapter/")[0] == 200, "the published chapter is everybody's"
        assert visitor.get(f"{base}/events/victoria-2007/agreement/")[0] == 403
        roles = re.findall(r"^  ([\w-]+) +(http://\S+/enter/\S+)$", printed, re.MULTILINE)
        assert [role for role, _url in roles] == [
            "convenor", "moderator", "rapporteur", "participant", "second-participant", "observer", "panelist",
        ]  # fmt: skip
        for _role, url in roles[:2]:
            person = Browser()
            status, page = person.get(url)
            assert (status, page.count("<form")) >= (200, 1)
            assert person.get(f"{base}/events/victoria-2007/agreement/")[0] == 403, "nothing signs in by GET"
            person.post(url, page)
            assert person.get(f"{base}/events/victoria-2007/agreement/")[0] == 200
    with demo(tmp_path) as (base, printed):  # again: in seconds, with the data kept
        assert "Loading" not in printed
        assert Browser().get(f"{base}/")[0] == 200


def test_what_the_panelist_says_is_there_when_the_demo_starts_again(tmp_path):
    words = "A vote is a promise to send somebody."
    with demo(tmp_path) as (base, printed):
        panelist = Browser()
        door = re.search(r"^  panelist +(\S+)$", printed, re.MULTILINE).group(1)
        _status, page = panelist.post(door, panelist.get(door)[1])
        assert "Who should send the soldiers?" in page, "the door leads to the forum"
        form = {name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1) for name in ("key", "item")}
        said = re.search(r'data-reply="([^"]+)"', page).group(1)
        answer = {"kind": "position", "text": words, "relation": "disagrees", "to": said}
        _status, page = panelist.post(f"{base}/events/rehearsal/table/forum/say/", page, **form, **answer)
        assert words in page
    with demo(tmp_path) as (base, _printed):
        assert words in Browser().get(f"{base}/events/rehearsal/table/forum/")[1]


def test_phones_may_join_where_they_are_let_in(tmp_path):
    with demo(tmp_path, "--host", "0.0.0.0") as (base, printed):
        assert "A phone on the same network" in printed and "█" in printed
        port = base.rsplit(":", 1)[1]
        assert Browser().get(f"http://127.0.0.1:{port}/")[0] == 200
        with socket.create_connection(("127.0.0.1", int(port))) as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            assert other.recv(100).startswith(b"HTTP/1.1 400")


def test_only_the_machine_s_own_names_are_accepted():
    told = served_environment("0.0.0.0", ["192.0.2.7", "desk"])
    assert told["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],192.0.2.7,desk,desk.local"
    assert "*" not in told["ALLOWED_HOSTS"] and own_addresses()


def test_a_port_in_use_gets_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = manage(tmp_path, "demo", "--port", str(port))
    assert done.returncode == 1
    assert f"Choose another port with --port, for example --port {port + 1}" in done.stderr
    assert free_port("127.0.0.1", 0) > 0


def test_the_chapter_is_exported_in_every_format_and_nothing_is_served(tmp_path):
    done = manage(tmp_path, "demo", "--export", "out")
    assert (done.returncode, done.stderr) == (0, "")
    files = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert len(files) == len(FORMATS) and min(files.values()) > 10_000
    assert [
        f"out/{name}  {size:,} bytes"
        for name, size in files.items()
        if f"out/{name}  {size:,} bytes" not in done.stdout
    ] == []


def test_fresh_starts_over_and_leaves_other_events_alone(tmp_path):
    record = tmp_path / "rivers.json"
    record.write_text(canonical(small()))
    assert manage(tmp_path, "demo", "--export", "out").returncode == 0
    assert manage(tmp_path, "load_record", str(record)).returncode == 0
    done = manage(tmp_path, "demo", "--fresh", "--export", "out")
    assert done.returncode == 0 and "Loading" in done.stdout
    assert manage(tmp_path, "dump_record", "rivers").stdout == record.read_text()


@pytest.mark.parametrize("arguments", [["load_record", "nowhere.json"], ["dump_record", "lakes"], ["report", "lakes"]])
def test_a_command_that_fails_says_why_and_exits_otherwise_than_0(tmp_path, arguments):
    done = manage(tmp_path, *arguments)
    assert done.returncode in (1, 2) and done.stderr and "Traceback" not in done.stderr


def test_a_record_can_be_loaded_into_a_database_that_is_not_there_yet(tmp_path):
    record = tmp_path / "rivers.json"
    record.write_text(canonical(small()))
    where = f"sqlite:///{tmp_path / 'new' / 'data.sqlite3'}"
    assert manage(tmp_path, "load_record", str(record), DATABASE_URL=where).returncode == 0
    assert manage(tmp_path, "dump_record", "rivers", DATABASE_URL=where).stdout == record.read_text()


def test_a_database_that_does_not_answer_gets_a_sentence(tmp_path):
    done = manage(tmp_path, "dump_record", "rivers", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stderr and "Traceback" not in done.stderr
