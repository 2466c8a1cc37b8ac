"""``madoguchi demo`` with real processes: starts, heals, says what is in its way, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.running_demo import ROOT, RunningDemo, wait_until

pytestmark = pytest.mark.slow
PARTS = ("granian", "mailbox.receiver", "madoguchi worker", "madoguchi telephone")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(var: Path) -> Iterator[RunningDemo]:
    demo = RunningDemo(var).wait_until_ready()
    yield demo
    demo.end()


def start_another(var: Path, port: int) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "madoguchi", "demo"],
        env={**env, "MADOGUCHI_VAR": str(var), "PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )


def test_it_says_where_everything_is(demo: RunningDemo) -> None:
    said = "\n".join(demo.lines)
    assert demo.lines[-1] == f"ready: {demo.site}/"
    assert "hanako@example.jp" in said
    assert "aoi-madoguchi-1" in said
    assert f"{demo.site}/demo/mailbox/" in said
    assert f"{demo.site}/demo/telephone/" in said
    assert "Warning" not in said
    assert "Traceback" not in said
    for page in ("/healthz", "/readyz", "/", "/en/", "/demo/", "/en/demo/"):
        assert demo.get(page)[0] == 200
    for part in PARTS:
        assert demo.processes(part), part


def test_second_demo_on_the_same_folder_is_told_where_the_first_is(demo: RunningDemo, var: Path) -> None:
    another = start_another(var, demo.port)
    assert another.returncode == 1
    assert f"already running: {demo.site}/ (process {demo.process.pid})" in another.stderr


def test_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        result = start_another(tmp_path, port)
    assert result.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "postgresql").exists()


@pytest.mark.parametrize("part", PARTS)
def test_part_that_is_killed_is_started_again(demo: RunningDemo, part: str) -> None:
    before = {process.pid for process in demo.processes(part)}
    name = {"granian": "web", "mailbox.receiver": "mailbox"}.get(part, part.rsplit(maxsplit=1)[-1])
    demo.processes(part)[0].kill()
    wait_until(lambda: bool({process.pid for process in demo.processes(part)} - before))
    wait_until(lambda: any(line.startswith(f"{name} died") for line in demo.lines))
    wait_until(lambda: answers(demo, "/readyz") == 200)


def answers(demo: RunningDemo, page: str) -> int:
    try:
        return demo.get(page)[0]
    except OSError:
        return 0


def test_killed_database_comes_back_with_the_data(demo: RunningDemo) -> None:
    server = postgres(demo)
    server.kill()
    wait_until(lambda: any(found.pid != server.pid for found in servers(demo)))
    wait_until(lambda: answers(demo, "/readyz") == 200)
    assert "publisher@aoba.example" in demo.json("/demo/authenticator.json", login="publisher@aoba.example")["login"]


def test_pages_say_that_the_database_is_away_and_recover_by_themselves(demo: RunningDemo) -> None:
    (keeper,) = demo.processes("madoguchi.demo.keeper")
    keeper.suspend()  # or it would start the server again at once
    try:
        postgres(demo).send_signal(signal.SIGINT)
        wait_until(lambda: answers(demo, "/readyz") == 503)
        assert demo.get("/healthz")[0] == 200
        status, page = demo.get("/demo/authenticator/")
        assert status == 503
        assert "ただいまこのページを表示できません" in page
        status, page = demo.get("/en/demo/authenticator/")
        assert status == 503
        assert '<html lang="en"' in page
    finally:
        keeper.resume()
    wait_until(lambda: answers(demo, "/readyz") == 200)
    assert demo.get("/demo/authenticator/")[0] == 200


def postgres(demo: RunningDemo) -> psutil.Process:
    """The server that runs; one that was killed by the test before may still be on its way back."""
    wait_until(lambda: bool(servers(demo)))
    return servers(demo)[0]


def servers(demo: RunningDemo) -> list[psutil.Process]:
    """The server itself; its children have other command lines."""
    return demo.processes("bin/postgres -D")


def test_kill_leaves_nothing_running_and_the_next_start_finds_the_data(demo: RunningDemo, var: Path) -> None:
    started = demo.processes()
    demo.end(signal.SIGKILL)
    wait_until(lambda: not any(process.is_running() for process in started))
    again = RunningDemo(var).wait_until_ready()
    try:
        assert "The sample operator is there already" in again.lines
    finally:
        started = again.processes()
        assert again.end(signal.SIGINT) == 0
    assert not any(process.is_running() for process in started)


def test_reset_forgets_everything(var: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "madoguchi", "demo_reset"]
    subprocess.run(command, env={**env, "MADOGUCHI_VAR": str(var)}, check=True, cwd=ROOT, capture_output=True)  # noqa: S603
    assert not (var / "postgresql").exists()
    assert not (var / "demo").exists()
