"""The engine against a real receiver: what it sends, when it does not, and how it comes through trouble."""

import asyncio
import contextlib
import threading
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import Error, connection
from django.utils import timezone

from madoguchi.delivery.engine import outbox
from madoguchi.delivery.engine.pacing import Limit
from madoguchi.delivery.models import GroupPause, Mailing, RelayState
from madoguchi.delivery.post import post
from madoguchi.delivery.tests.conftest import parameters
from madoguchi.delivery.tests.sink import sink
from madoguchi.lib.lanes import Lane
from madoguchi.lib.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def finished(mailing: Mailing):
    return lambda: Mailing.objects.get(pk=mailing.pk).finished_at is not None


def tried(mailing: Mailing, times: int = 1):
    """Every letter has been tried so often and is let go."""
    return lambda: (
        not mailing.letters.filter(tries__lt=times).exists()
        and not (mailing.letters.exclude(leased_until=None).exists())
    )


def test_every_letter_of_a_mailing_arrives_once(receiver, mailing, work):
    made = mailing(120)
    work(receiver.url, finished(made), batch=50)
    assert made.progress() == {"sent": 120}
    assert Counter(receiver.counted().values()) == {1: 120}
    for mail in receiver.mails():
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    letter = made.letters.get(recipient_key="7")
    assert (letter.tries, letter.reply, letter.leased_until) == (1, "250 kept", None)


def test_a_relay_without_pipelining_and_a_short_life_for_connections(receiver, mailing, work):
    receiver.mode("plain")
    made = mailing(60)
    work(receiver.url, finished(made), connections=2, messages=7)
    assert Counter(receiver.counted().values()) == {1: 60}


def test_a_secret_is_sent_and_wiped(receiver, work):
    letter = post(
        renderer="test.notice",
        reference="secret",
        lane=Lane.CODES,
        to='"a..b"@docomo.ne.jp',
        language="ja",
        expires_at=timezone.now() + timedelta(minutes=5),
        personal={"name": "花子"},
        sealed={"token": "hidden-bit"},
    )
    work(receiver.url, finished(letter.mailing))
    (mail,) = receiver.mails()
    assert mail["List-Unsubscribe"] == "<https://aoba.example/u/hidden-bit/>"
    # The parser drops the quotes when it shows the header; the mail has them.
    (one,) = receiver.accepted()
    assert one["to"] == '"a..b"@docomo.ne.jp'
    assert 'To: <"a..b"@docomo.ne.jp>\r\n' in one["raw"]
    letter.refresh_from_db()
    assert letter.sealed is None


def test_a_code_overtakes_a_mailing(receiver, mailing, work):
    slow = mailing(300, lane=Lane.WORK)
    code = mailing(1, lane=Lane.CODES, address="code@example.jp")
    work(receiver.url, lambda: finished(slow)() and finished(code)(), connections=1, batch=20)
    order = [one["to"] for one in receiver.accepted()]
    assert order.index("code@example.jp") < 40


def test_trouble_goes_before_work(receiver, mailing, work):
    planned = mailing(100, lane=Lane.WORK, address="work@example.jp")
    trouble = mailing(100, lane=Lane.TROUBLE, address="trouble@example.jp")
    work(receiver.url, lambda: finished(planned)() and finished(trouble)(), connections=1)
    order = [one["to"] for one in receiver.accepted()]
    assert order == ["trouble@example.jp"] * 100 + ["work@example.jp"] * 100


def test_letters_that_appear_behind_those_claimed_wait_for_no_poll(receiver, mailing, work, monkeypatch):
    """One of several writers commits later than another: its letters are older than the last one claimed."""
    made = mailing(10)
    late = made.letters.filter(recipient_key__in=["2", "3", "4"])
    late.update(due_at=timezone.now() + timedelta(days=1))
    claim = outbox.claim

    async def claim_after_them(*args, **options):
        if options["cursors"]:
            await asyncio.to_thread(_appear)
        return await claim(*args, **options)

    def _appear():
        late.filter(state="queued").update(due_at=timezone.now() - timedelta(hours=1))
        connection.close()

    monkeypatch.setattr(outbox, "claim", claim_after_them)
    work(receiver.url, finished(made), poll=1000.0)
    assert Counter(receiver.counted().values()) == {1: 10}


def test_an_expired_mailing_is_skipped(receiver, mailing, work):
    made = mailing(5, expires=timedelta(seconds=-1))
    work(receiver.url, finished(made))
    assert made.progress() == {"skipped": 5}
    assert set(made.letters.values_list("reason", flat=True)) == {"expired"}
    assert receiver.accepted() == []


def test_a_paused_mailing_waits_and_a_cancelled_one_ends(receiver, mailing, work):
    paused, cancelled, other = mailing(5), mailing(5), mailing(5)
    paused.pause()
    cancelled.cancel()
    work(receiver.url, lambda: finished(other)() and (finished(cancelled)()))
    assert [paused.progress(), cancelled.progress(), other.progress()] == [{"queued": 5}, {"skipped": 5}, {"sent": 5}]
    paused.resume()
    work(receiver.url, finished(paused))
    assert Counter(receiver.counted().values()) == {2: 5}


def test_a_mailing_still_being_written_is_not_closed(receiver, mailing, work):
    made = mailing(5)
    Mailing.objects.filter(pk=made.pk).update(checkpoint=5)
    work(receiver.url, lambda: made.letters.filter(state="sent").count() == 5)
    made.refresh_from_db()
    assert made.finished_at is None


@pytest.mark.parametrize("mode", ["reject", "eager"])
def test_refused_recipients_have_failed_and_the_others_arrive(receiver, mailing, work, mode):
    receiver.mode(f"{mode} example3")
    made = mailing(35)
    work(receiver.url, finished(made))
    assert made.progress() == {"sent": 30, "failed": 5}
    assert set(made.letters.filter(state="failed").values_list("reason", "reply")) == {("refused", "550 unknown")}


def test_what_does_not_fit_into_a_mail_has_failed_and_holds_nobody_up(receiver, mailing, work):
    made = mailing(10)
    made.letters.filter(recipient_key="3").update(address="a@b\r\nRCPT TO:<x@example.jp>")
    made.letters.filter(recipient_key="4").update(personal={"name": "x", "token": "a\r\nBcc: x@example.jp"})
    made.letters.filter(recipient_key="5").update(personal={"name": "x"})
    made.letters.filter(recipient_key="6").update(sealed=b"damaged")
    work(receiver.url, finished(made))
    assert made.progress() == {"sent": 6, "failed": 4}
    reasons = dict(made.letters.filter(state="failed").values_list("recipient_key", "reason"))
    assert reasons == {
        "3": "address",
        "4": "slot token is not printable ASCII",
        "5": "no value for slot token",
        "6": "seal",
    }


def test_a_renderer_that_fails_loses_nothing(receiver, mailing, work):
    made = mailing(3)
    Mailing.objects.filter(pk=made.pk).update(renderer="test.nobody")
    work(receiver.url, tried(made))
    assert set(made.letters.values_list("state", "reason")) == {("queued", "render")}
    Mailing.objects.filter(pk=made.pk).update(renderer="test.notice")
    made.letters.update(due_at=timezone.now())
    work(receiver.url, finished(made))
    assert made.progress() == {"sent": 3}


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("busy @", ("refused", "450 later")),
        ("full", ("refused", "452 full")),
        ("go-away", ("refused", "421 too much")),
        ("drop", ("unanswered", "")),
    ],
)
def test_letters_refused_for_now_go_later(receiver, mailing, work, mode, outcome):
    reason, reply = outcome
    receiver.mode(mode)
    made = mailing(2, address="a@example.jp")
    work(receiver.url, lambda: made.letters.filter(reason=reason, leased_until=None).exists(), connections=1)
    letter = made.letters.filter(reason=reason).first()
    assert (letter.state, letter.tries, letter.reply) == ("queued", 1, reply)
    assert letter.due_at > timezone.now() + timedelta(seconds=40)
    receiver.mode("")
    made.letters.update(due_at=timezone.now())
    work(receiver.url, finished(made))
    assert Counter(receiver.counted().values()) == {2: 1}
    assert made.progress() == {"sent": 2}


def test_a_group_in_trouble_waits_while_the_others_go(receiver, mailing, work):
    receiver.mode("busy docomo")
    made = mailing(40)
    made.letters.filter(recipient_key__lt="2").update(address="somebody@docomo.ne.jp")
    waiting = made.letters.filter(address__endswith="docomo.ne.jp")
    work(receiver.url, lambda: made.progress() == {"sent": 28, "queued": 12}, connections=1, batch=4)
    # Five in a row were refused and are tried by the schedule; the others were spared and keep their first try.
    assert Counter(waiting.values_list("tries", "reason")) == {(1, "refused"): 5, (0, ""): 7}
    assert not waiting.filter(due_at__lt=timezone.now() + timedelta(seconds=10)).exists()


def test_no_try_is_made_that_would_come_too_late(receiver, mailing, work):
    receiver.mode("busy @")
    made = mailing(2, expires=timedelta(seconds=30))
    work(receiver.url, finished(made))
    assert set(made.letters.values_list("state", "reason", "reply")) == {("failed", "expired", "450 later")}


def test_a_relay_that_refuses_or_hangs_loses_nothing(receiver, mailing, work):
    made = mailing(20)
    receiver.mode("refuse")
    with later(1.0, lambda: receiver.mode("hang")), later(2.5, lambda: receiver.mode("")):
        work(receiver.url, finished(made))
    assert Counter(receiver.counted().values()) == {1: 20}
    assert set(made.letters.values_list("tries", flat=True)) == {1}


def test_a_relay_that_is_not_there_yet(receiver, mailing, work):
    made = mailing(20)
    receiver.stop()
    with later(1.5, receiver.start):
        work(receiver.url, finished(made))
    assert Counter(receiver.counted().values()) == {1: 20}


def test_the_database_hangs_up_on_everybody(receiver, mailing, work):
    made = mailing(400)

    def hang_up() -> None:
        with psycopg.connect(**parameters(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def sent() -> bool:
        with contextlib.suppress(Error):  # it was our connection, too
            return bool(finished(made)())
        connection.close()
        return False

    with later(0.1, hang_up), later(0.3, hang_up):
        work(receiver.url, sent, batch=20, lease=4.0)
    connection.close()
    assert Counter(receiver.counted().values()) == {1: 400}
    assert made.progress() == {"sent": 400}


def test_letters_of_a_worker_that_vanished_are_taken_when_its_lease_ends(receiver, mailing, work):
    made = mailing(10)

    async def claim_and_vanish() -> None:
        async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as other:
            letters = await outbox.claim(other, lane=Lane.TROUBLE, limit=5, lease=1.0, cursors={}, before=None)
            assert len(letters) == 5

    asyncio.run(claim_and_vanish())
    work(receiver.url, finished(made), lease=2.0)
    assert Counter(receiver.counted().values()) == {1: 10}
    assert sorted(made.letters.values_list("tries", flat=True)) == [1] * 5 + [2] * 5


def test_the_next_relay_serves_while_the_first_is_away_and_the_first_again_when_it_is_back(
    receiver, tmp_path, mailing, work
):
    made = mailing(400)
    with sink(tmp_path / "second") as second:
        receiver.stop()

        def back_after_a_while() -> bool:
            if not receiver.running and len(second.accepted()) > 50:
                receiver.start()
            return bool(finished(made)())

        work(f"{receiver.url} {second.url}?rate=50", back_after_a_while, connections=3)
        through_second = second.counted()
    through_first = receiver.counted()
    assert len(through_second) > 50
    assert len(through_first) > 50, "it went back to the preferred relay"
    assert Counter((through_first + through_second).values()) == {1: 400}
    assert set(made.letters.values_list("tries", flat=True)) == {1}


def test_a_relay_that_wants_no_more_senders_is_away_for_the_next_one(receiver, tmp_path, mailing, work):
    receiver.mode("full")
    made = mailing(60)
    with sink(tmp_path / "second") as second:
        work(f"{receiver.url}?connections=2 {second.url}", lambda: made.letters.filter(state="sent").count() > 40)
        assert len(second.accepted()) > 40
    assert set(made.letters.exclude(state="sent").values_list("reply", flat=True)) <= {"452 full", ""}


def test_a_rate_of_a_relay_and_limits_of_a_group_hold_nobody_up_for_good(receiver, mailing, work):
    made = mailing(60)
    docomo = mailing(20, address="somebody@docomo.ne.jp", lane=Lane.WORK)
    work(
        f"{receiver.url}?rate=400",
        lambda: finished(made)() and finished(docomo)(),
        limits={"docomo": Limit(rate=40, connections=1)},
        batch=5,
    )
    assert receiver.counted() == {**{f"person{n}@example{n % 7}.jp": 1 for n in range(60)}, "somebody@docomo.ne.jp": 20}
    assert set(docomo.letters.values_list("tries", flat=True)) == {1}, "what was sent away was not tried"


def test_a_pause_returns_what_a_worker_holds_and_codes_go_on(receiver, mailing, work):
    made = mailing(300, lane=Lane.WORK)
    codes: list[Mailing] = []

    def paused_in_the_middle() -> bool:
        if not codes and len(receiver.accepted()) > 10:
            made.pause()
            codes.append(mailing(3, lane=Lane.CODES, address="code@example.jp"))
        return bool(codes) and finished(codes[0])() and not made.letters.exclude(leased_until=None).exists()

    work(f"{receiver.url}?rate=50", paused_in_the_middle)
    progress = made.progress()
    assert progress["sent"] + progress["queued"] == 300
    assert progress["queued"] > 200
    assert set(made.letters.filter(state="queued").values_list("tries", flat=True)) == {0}
    assert receiver.counted()["code@example.jp"] == 3
    made.resume()
    work(receiver.url, finished(made))
    assert Counter(Counter(one["to"] for one in receiver.accepted() if "person" in one["to"]).values()) == {1: 300}


def test_cancelling_skips_what_a_worker_holds(receiver, mailing, work):
    made = mailing(300, lane=Lane.WORK)

    def cancelled_in_the_middle() -> bool:
        if len(receiver.accepted()) > 10 and Mailing.objects.get(pk=made.pk).state == "open":
            made.cancel()
        return bool(finished(made)())

    work(f"{receiver.url}?rate=50", cancelled_in_the_middle)
    progress = made.progress()
    assert progress["sent"] + progress["skipped"] == 300
    assert progress["sent"] == len(receiver.accepted())
    assert set(made.letters.filter(state="skipped").values_list("reason", flat=True)) == {"cancelled"}


def test_a_mailing_that_fails_too_often_pauses_itself_and_staff_are_told_once(receiver, mailing, work, settings):
    settings.ALARM_ADDRESS = "duty@aoba.example"
    receiver.mode("reject .jp")
    made = mailing(300, lane=Lane.WORK)
    work(receiver.url, lambda: receiver.counted()["duty@aoba.example"] == 1, connections=2, batch=50)
    made.refresh_from_db()
    assert (made.state, made.paused_reason, made.paused_by) == ("paused", "failures", "")
    progress = made.progress()
    assert 50 <= progress["failed"] < 80
    assert progress["failed"] + progress["queued"] == 300
    (mail,) = receiver.mails()
    text = mail.get_body(("plain",)).get_content()
    assert "【故障】ひかり回線の故障について" in text
    assert "550 unknown" in text
    receiver.mode("")
    made.resume()
    assert made.retry_failed() == 0, "it was the addresses"
    work(receiver.url, finished(made))
    assert made.progress() == {"failed": progress["failed"], "sent": 300 - progress["failed"]}


def test_the_console_can_see_relays_and_groups_until_the_worker_ends(receiver, mailing, work):
    receiver.mode("busy docomo")
    made = mailing(30)
    made.letters.filter(recipient_key__lt="2").update(address="somebody@docomo.ne.jp")
    gone = f"smtp://127.0.0.1:{free_port()}"
    seen: dict[str, tuple[str, str]] = {}
    groups: set[str] = set()

    def both_are_told() -> bool:
        seen.update({one.relay: (one.state, one.detail) for one in RelayState.objects.current()})
        groups.update(one.group for one in GroupPause.objects.current() if one.until > timezone.now())
        return bool(groups) and len(seen) == 2

    work(f"{gone} {receiver.url}", both_are_told, connections=1)
    assert seen[gone.removeprefix("smtp://")] == ("away", "ConnectionRefusedError")
    assert seen[receiver.url.removeprefix("smtp://")] == ("well", "")
    assert groups == {"docomo"}
    assert not RelayState.objects.exists()
    assert not GroupPause.objects.exists()


class later:  # noqa: N801 - reads as a statement
    """Do something after so many seconds, beside what the block does."""

    def __init__(self, seconds: float, act) -> None:
        self._thread = threading.Timer(seconds, act)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exc: object) -> None:
        self._thread.join()
