"""``/metrics``: who may read it, what it tells, and that documents and alerts name what is there."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from bench.front import wait_for
from madoguchi.delivery import post, worker_figures
from madoguchi.delivery.models import GroupPause, Letter, Mailing, RelayState, Return, Suppression
from madoguchi.lib.lanes import Lane
from madoguchi.lib.ports import free_port
from madoguchi.shell import figures
from tests.production import environment

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
ALERTS = (ROOT / "deploy" / "prometheus-alerts.yml").read_text(encoding="utf-8")
LISTED = re.findall(r"^\| `(madoguchi_\w+)` \|", GUIDE, flags=re.MULTILINE)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    figures.stored.forget()


def read(client: Client, **headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    figures.stored.forget()
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (one.name, tuple(value for _name, value in sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


def letter(lane: Lane = Lane.CODES, **changed: object) -> Letter:
    made = post.post(
        renderer="x",
        reference="1",
        lane=lane,
        to="alice@example.jp",
        language="ja",
        expires_at=timezone.now() + timedelta(days=1),
    )
    Letter.objects.filter(pk=made.pk).update(**changed)
    return made


def test_every_figure_is_listed_and_every_listed_one_is_there(client) -> None:
    client.get("/healthz")
    RelayState.objects.create(worker="a/1", relay="127.0.0.1:25", state="well")
    mailing = Mailing.objects.create(renderer="x", reference="1", lane=1, expires_at=timezone.now() + timedelta(days=1))
    Letter.objects.create(mailing=mailing, recipient_key="1", address="a@example.jp", language="ja")
    found = {name for name, _labels in read(client)}
    told = {re.sub(r"_(bucket|sum|count)$", "", name) for name in found if not name.endswith("_created")}
    worker = {name for name in LISTED if name.startswith("madoguchi_worker_")}
    assert told == set(LISTED) - worker
    assert worker == {"madoguchi_worker_letters_total"}


def test_alerts_ask_for_figures_and_labels_that_exist() -> None:
    (group,) = yaml.safe_load(ALERTS)["groups"]
    table = dict(re.findall(r"^\| `(madoguchi_\w+)` \| ([\w, ]*) ?\|", GUIDE, flags=re.MULTILINE))
    assert len(group["rules"]) >= 10
    for rule in group["rules"]:
        assert rule["annotations"]["summary"]
        for name, labels in re.findall(r"(madoguchi_\w+)(?:\{([^}]*)\})?", rule["expr"]):
            known = table[name.removesuffix("_bucket")]
            for label in re.findall(r"(\w+)=", labels):
                assert label in known.strip().split(", "), rule["alert"]
    for page in re.findall(r"(/console/\w+/)", ALERTS):
        from django.urls import resolve

        assert resolve(page)


def test_queues_and_ages_by_lane(client) -> None:
    letter(Lane.CODES, due_at=timezone.now() - timedelta(seconds=90))
    letter(Lane.CODES)
    letter(Lane.WORK, due_at=timezone.now() + timedelta(hours=1))
    found = read(client)
    assert found["madoguchi_mail_waiting", ("codes",)] == 2
    assert found["madoguchi_mail_oldest_seconds", ("codes",)] == pytest.approx(90, abs=30)
    assert found["madoguchi_mail_waiting", ("work",)] == 0


def test_mailings_and_why_letters_failed(client) -> None:
    mailing = Mailing.objects.create(
        renderer="x", reference="1", lane=Lane.TROUBLE, expires_at=timezone.now() + timedelta(days=1)
    )
    now = timezone.now()
    for number, (state, reason) in enumerate(
        [("queued", ""), ("failed", "refused"), ("failed", "refused"), ("sent", "")]
    ):
        Letter.objects.create(
            mailing=mailing,
            recipient_key=str(number),
            address="a@example.jp",
            language="ja",
            state=state,
            reason=reason,
            finished_at=now if state == "sent" else None,
        )
    mailing.pause(reason="failures")
    found = read(client)
    assert found["madoguchi_mailing_letters", ("refused", "failed")] == 2
    assert found["madoguchi_mailings_paused", ("failures",)] == 1
    assert found["madoguchi_mailings_paused", ("operator",)] == 0
    assert found["madoguchi_mailing_letters_per_second", ()] > 0


def test_relays_groups_workers_and_what_came_back(client) -> None:
    RelayState.objects.create(worker="a/1", relay="one:25", state="well", connections=4)
    RelayState.objects.create(worker="a/1", relay="two:25", state="away")
    GroupPause.objects.create(worker="a/1", group="docomo", until=timezone.now() + timedelta(minutes=1))
    Return.objects.create(domain="example.jp", kind="hard", source="lmtp", mark="1", address_digest="1")
    Suppression.objects.create(address="a@example.jp", reason="hard")
    found = read(client)
    assert found["madoguchi_relay_up", ("one:25",)] == 1
    assert found["madoguchi_relay_up", ("two:25",)] == 0
    assert found["madoguchi_relay_connections", ("one:25",)] == 4
    assert found["madoguchi_mail_workers", ()] == 1
    assert found["madoguchi_groups_paused", ()] == 1
    assert found["madoguchi_returns_last_day", ("hard",)] == 1
    assert found["madoguchi_suppressed_addresses", ("hard",)] == 1


def test_requests_are_counted_by_page_and_never_by_path(client) -> None:
    client.get("/unsubscribe/geheim-geheim-geheim/")
    client.get("/no/such/page/")
    page = ("GET", "mynotices:unsubscribe", "404")
    before = read(client)[("madoguchi_requests_total", page)]
    client.get("/unsubscribe/geheim-geheim-geheim/")
    found = read(client)
    assert found["madoguchi_requests_total", page] == before + 1
    assert found["madoguchi_request_seconds_count", ("mynotices:unsubscribe",)] >= 2
    assert "geheim" not in str(found)


def test_nobody_from_outside(client, settings) -> None:
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404


def test_with_a_token_from_anywhere_and_only_with_it(client, settings) -> None:
    settings.METRICS_TOKEN = "a-token-of-at-least-thirty-two-characters"
    given = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=given).status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


def test_while_the_database_is_away(client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list:
        raise OperationalError

    monkeypatch.setattr(figures, "_collectors", [away])
    found = read(client)
    assert found["madoguchi_database_up", ()] == 0
    assert any(name == "madoguchi_requests_total" for name, _ in found)


def test_the_database_is_asked_once_for_all_who_ask_within_ten_seconds(client, django_assert_num_queries) -> None:
    read(client)
    with django_assert_num_queries(0):
        client.get("/metrics")


def test_ready_though_the_relay_is_away(client) -> None:
    assert client.get("/readyz").json()["relay"] == "unknown"
    RelayState.objects.create(worker="a/1", relay="one:25", state="away")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["relay"] == "away"
    assert answer.json()["jobs_waiting_seconds"] == 0
    RelayState.objects.create(worker="a/1", relay="two:25", state="well")
    assert client.get("/readyz").json()["relay"] == "well"


def test_a_worker_tells_its_own() -> None:
    port = free_port()
    end = worker_figures.serve(f"127.0.0.1:{port}", lambda: {"sent": 7, "failed": 1})
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        # A second one finds the port taken and works without.
        worker_figures.serve(f"127.0.0.1:{port}", dict)()
    finally:
        end()
    assert 'madoguchi_worker_letters_total{outcome="sent"} 7.0' in text
    assert "process_cpu_seconds_total" in text


def test_processes_of_one_server_count_together(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    stale = tmp_path / "figures" / "server-999999-1"
    stale.mkdir(parents=True)
    env = environment(DATABASE_URL=os.environ["DATABASE_URL"], MADOGUCHI_VAR=str(tmp_path), MADOGUCHI_STATIC="plain")
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [*command, "--workers", "2", "madoguchi.wsgi:application"],
        env={**env, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        base = f"http://127.0.0.1:{port}"

        def counted() -> set[float]:
            """What several answers say, from whichever process."""
            texts = [httpx.get(f"{base}/metrics", trust_env=False).text for _ in range(6)]
            return {
                sum(map(float, re.findall(r"^madoguchi_requests_total\{.*healthz.* (.+)$", t, re.M))) for t in texts
            }

        (before,) = counted()
        for _ in range(12):  # each over a connection of its own, so that both processes get some
            httpx.get(f"{base}/healthz", headers={"Host": "support.carrier.example"}, trust_env=False)
        assert counted() == {before + 12}
        assert not stale.exists()
    finally:
        server.terminate()
        server.wait(30)
