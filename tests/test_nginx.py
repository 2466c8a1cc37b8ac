"""deploy/nginx.conf before the application as an installation runs it: what is kept, for whom, and what outlives it."""

import gzip
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection, connections

from bench.front import NAME, Front, running, wait_for
from madoguchi.lib.ports import free_port
from tests.production import ROOT, environment

# Without it no database is set up that could be copied.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HASHED = "static/shell/brand.0123456789ab.js"


RUSH = ["/", "/en/", "/notices/", "/en/notices/", "/notices/T-2026-000001/", "/en/notices/W-2026-000001/"]
ORDINARY = ["/services/", "/embed/", "/badge.svg", "/notices.atom", "/id/login/", "/my/", "/nothing/", "/healthz"]
PROTECTING = {
    "x-frame-options",
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "strict-transport-security",
}
# Of the connection, of one answer, or of where it was kept.
OF_THE_WAY = {"server", "date", "connection", "transfer-encoding", "content-length", "content-encoding"}
OF_THE_WAY |= {"age", "x-cache", "x-request-id"}


@dataclass
class Site:
    front: Front
    application: subprocess.Popen[bytes]
    database: str
    server: str  # the URL of another database beside it

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str], bytes]:
        """Status, what the cache says, headers, body."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        status, said, body = self.front.ask(path, headers=wanted)
        return status, said.get("x-cache", ""), said, body

    def alone(self, path: str) -> dict[str, object]:
        """Status and headers of the application's own answer."""
        asked = {"Host": NAME, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip"}
        connection = HTTPConnection("127.0.0.1", self.front.application, timeout=60)
        connection.request("GET", path, headers=asked)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return {"status": answer.status, **told({name.lower(): value for name, value in answer.getheaders()})}

    @contextmanager
    def database_away(self) -> Iterator[None]:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{self.database}" ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.database])
            yield
            server.execute(f'ALTER DATABASE "{self.database}" ALLOW_CONNECTIONS true')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    (folder / HASHED).parent.mkdir(parents=True)
    (folder / HASHED).write_text("export const brand = 'Aoba';\n")
    server, url, name = copied_database(django_db_blocker)
    port = free_port()
    granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    application = subprocess.Popen(  # noqa: S603
        [*granian, "--workers", "1", "--blocking-threads", "4", "tests.short_lived_site:application"],
        env={
            **environment(DATABASE_URL=url, MADOGUCHI_VAR=str(folder), MADOGUCHI_STATIC="plain"),
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with running(Front(folder, application=port)) as front:
            wait_for(port)
            yield Site(front, application, name, server)
    finally:
        application.terminate()
        application.wait(30)
        with psycopg.connect(server, autocommit=True) as maintenance:
            maintenance.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def copied_database(blocker: object) -> tuple[str, str, str]:
    """A database like the tests' own, for a process of its own: URLs of the server and of it, and its name."""
    with blocker.unblock():  # type: ignore[attr-defined]
        ours = str(connection.settings_dict["NAME"])
        connections.close_all()
    base = urlsplit(os.environ["DATABASE_URL"])
    name = f"nginx_{secrets.token_hex(4)}"
    server = urlunsplit(base._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f'CREATE DATABASE "{name}" TEMPLATE "{ours}"')
    return server, urlunsplit(base._replace(path=f"/{name}")), name


def told(headers: dict[str, str]) -> dict[str, object]:
    """What ``headers`` say of the answer itself. nginx may compress it, and weakens its ETag."""
    said: dict[str, object] = {name: value for name, value in headers.items() if name not in OF_THE_WAY}
    said |= {name: "given" for name in ("set-cookie", "expires") if name in said}
    said["etag"] = headers.get("etag", "").removeprefix("W/")
    said["content-security-policy"] = policy(headers)
    said["vary"] = {name.strip().lower() for name in headers.get("vary", "").split(",")} - {"", "accept-encoding"}
    return said


def policy(headers: dict[str, str]) -> set[str]:
    return {part.strip() for part in headers.get("content-security-policy", "").split(";")}


def until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_configuration_is_right(site: Site) -> None:
    found = subprocess.run(site.front.command("-t"), capture_output=True, text=True, check=False)  # noqa: S603
    assert found.returncode == 0, found.stderr
    assert "warn" not in found.stderr


def test_a_public_page_is_made_once_for_everybody(site: Site) -> None:
    until(lambda: site.get("/notices/", Cookie="session=alice")[1] in ("MISS", "EXPIRED"))
    status, cache, said, body = site.get("/notices/", Cookie="session=bob")
    assert (status, cache) == (200, "HIT")
    assert "set-cookie" not in said
    assert said["content-security-policy"]
    assert b"</html>" in body
    assert len(body) < 60_000


def test_languages_queries_and_hosts_do_not_mix(site: Site) -> None:
    assert site.get("/notices/")[2]["content-language"] == "ja"
    assert site.get("/en/notices/")[2]["content-language"] == "en"
    assert site.get("/notices/?kind=work")[3] != site.get("/notices/?kind=trouble")[3]
    site.get("/services/")
    assert site.front.ask("/services/", name="other.example")[0] != 200


def test_who_has_the_page_gets_304(site: Site) -> None:
    etag = site.get("/en/")[2]["etag"]
    status, _cache, _said, body = site.get("/en/", If_None_Match=etag)
    assert (status, body) == (304, b"")


def test_pages_are_sent_compressed(site: Site) -> None:
    _status, _cache, said, body = site.get("/notices/", Accept_Encoding="gzip")
    assert said["content-encoding"] == "gzip"
    plain = site.get("/notices/")
    assert gzip.decompress(body) == plain[3]
    assert "content-encoding" not in plain[2]
    assert plain[2]["vary"] == said["vary"] == "Accept-Encoding"


def test_however_a_browser_asks_for_gzip_it_gets_the_one_copy(site: Site) -> None:
    assert site.get("/en/services/", Accept_Encoding="gzip, deflate, br, zstd")[1] == "MISS"
    assert {site.get("/en/services/", Accept_Encoding=asked)[1] for asked in ("gzip", "br, gzip", "")} == {"HIT"}


@pytest.mark.parametrize("path", ["/id/login/", "/id/login/?next=/my/", "/my/", "/corner/", "/id/password/forgot/"])
def test_private_pages_are_never_kept(site: Site, path: str) -> None:
    assert [site.get(path)[1] for _time in range(2)] == ["MISS", "MISS"]


@pytest.mark.parametrize("header", ["Authorization", "HX_Request"])
def test_a_program_and_a_script_ask_the_application(site: Site, header: str) -> None:
    assert [site.get("/faq/", **{header: "x"})[1] for _time in range(2)] == ["BYPASS", "BYPASS"]
    query = f"/notices/?asked-with={header}"
    assert [site.get(query, **asked)[1] for asked in ({header: "x"}, {}, {})] == ["MISS", "MISS", "HIT"]


@pytest.mark.parametrize("path", [*RUSH, *ORDINARY])
def test_an_answer_has_the_headers_the_application_gives_it(site: Site, path: str) -> None:
    alone = site.alone(path)
    for _time in range(2):
        status, _cache, said, _body = site.get(path, Accept_Encoding="gzip")
        assert {"status": status, **told(said)} == alone
    assert "'self'" in str(alone["content-security-policy"])


def test_nginx_protects_its_own_answers_as_the_application_does(site: Site) -> None:
    page = site.alone("/services/")
    usual = {name: page[name] for name in PROTECTING}
    for path in (f"/{HASHED}", "/static/nothing.js", "/readyz"):
        said = told(site.get(path)[2])
        assert {name: said[name] for name in PROTECTING} == usual


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/contact/", "<h1>送信されたデータが大きすぎます</h1>"),
        ("/en/contact/", "<h1>What you sent is too large</h1>"),
        ("/en/console/imports/new/", "<h1>What you sent is too large</h1>"),
        ("/api/v1/batches", '"title": "リクエストが大きすぎます"'),
    ],
)
def test_what_is_too_large_is_refused_in_our_words(site: Site, path: str, words: str) -> None:
    sent = {"Content-Length": str(1026 << 20), "Cookie": "session=alice", "Accept-Language": "ja"}
    status, said, body = site.front.ask(path, method="POST", headers=sent)
    assert (status, words in body.decode(), said["cache-control"]) == (413, True, "no-store")
    assert PROTECTING - set(said) == set()
    assert site.get("/too-large/")[0] == site.get("/api/too-large")[0] == 404


def test_what_a_caller_says_of_itself_is_not_passed_on(site: Site) -> None:
    said = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "other.example",
        "Forwarded": "for=203.0.113.9",
        "X_Request_Id": "invented-by-caller",
    }
    asked = json.loads(site.get("/asked/", **said)[3])
    assert (asked["HTTP_X_FORWARDED_FOR"], asked["HTTP_X_FORWARDED_PROTO"]) == ("127.0.0.1", "https")
    assert "HTTP_X_FORWARDED_HOST" not in asked
    assert "HTTP_FORWARDED" not in asked
    assert asked["HTTP_HOST"] == NAME
    assert asked["HTTP_X_REQUEST_ID"] != "invented-by-caller"


def test_static_files_come_from_the_folder(site: Site) -> None:
    status, cache, said, body = site.get(f"/{HASHED}")
    assert (status, cache, body[:6]) == (200, "", b"export")
    assert "immutable" in said["cache-control"]
    assert site.get("/static/../nginx.conf")[0] != 200
    assert site.get("/readyz")[0] == 404


def test_the_page_outlives_its_database(site: Site) -> None:
    assert site.get("/notices/")[0] == 200
    with site.database_away():
        until(lambda: site.get("/notices/")[1] == "STALE")
        status, _cache, said, body = site.get("/notices/")
        assert (status, "set-cookie" in said, b"</html>" in body) == (200, False, True)
        assert site.get("/notices/?page=1")[0] == 503  # nobody asked for it before
    until(lambda: site.get("/notices/")[1] in ("EXPIRED", "REVALIDATED", "HIT"))


def test_the_page_outlives_the_application(site: Site) -> None:
    """The last test: the application is not started again."""
    assert site.get("/en/notices/")[0] == 200
    site.application.terminate()
    site.application.wait(30)
    until(lambda: site.get("/en/notices/")[1] == "STALE")
    status, _cache, _said, body = site.get("/en/notices/")
    assert (status, b"</html>" in body) == (200, True)
    status, _cache, said, _body = site.get("/id/login/")
    assert (status, PROTECTING - set(said)) == (502, set())


def test_logs_carry_no_path(site: Site) -> None:
    site.get("/id/login/?next=/secret-token/")
    log = Path(site.front.folder) / "madoguchi.log"
    until(lambda: " 502 " in log.read_text())  # nginx writes once a second
    written = "".join(path.read_text() for path in Path(site.front.folder).glob("madoguchi*.log"))
    assert "secret-token" not in written
    assert "/id/" not in written
