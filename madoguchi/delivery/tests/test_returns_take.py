"""What becomes of letters and addresses when something comes back, in whatever order and however often."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from madoguchi.delivery.jobs import forget_returns
from madoguchi.delivery.models import Letter, Mailing, Return, ReturnTally, Suppression
from madoguchi.delivery.post import post
from madoguchi.delivery.returns import figures, path, suppression, take
from madoguchi.delivery.tests import returned
from madoguchi.lib.lanes import Lane

pytestmark = pytest.mark.django_db

LMTP = Return.Source.LMTP


@pytest.fixture
def sent(mailing: Callable[..., Mailing]) -> Callable[..., Letter]:
    """A letter that the relay took ``days`` ago."""

    def make(*, days: float = 0, to: str = returned.TO, key: str = "destination:1", state: str = "sent") -> Letter:
        at = timezone.now() - timedelta(days=days)
        made = mailing(1, address=to, recipient_key=key, state=state, due_at=at, finished_at=at)
        return made.letters.get()

    return make


def reason(address: str) -> str:
    """Why the address is not written to; empty where it is."""
    row = suppression.standing(address)
    return row.reason if row else ""


def come_back(letter: Letter, raw: bytes | None = None) -> take.Taken:
    raw = raw or returned.dsn(to=letter.address)
    return take.mail(raw + b"%d\n" % letter.pk, to=path.return_path(letter.pk).decode(), source=LMTP)


def test_a_hard_bounce_marks_the_letter_and_stops_the_address(sent):
    letter = sent()
    assert come_back(letter) == take.Taken(returns=1)
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("bounced", "hard")
    assert letter.reply == "5.1.1 550 5.1.1 User unknown"
    row = Return.objects.get()
    assert (row.letter, row.recipient_key, row.domain) == (letter.pk, "destination:1", "customer.example.jp")
    assert (row.kind, row.status, row.source) == ("hard", "5.1.1", "lmtp")
    assert returned.TO not in str(row.__dict__)
    assert reason(returned.TO) == "hard"


def test_what_comes_twice_counts_once(sent):
    letter = sent()
    assert come_back(letter).returns == 1
    assert come_back(letter).returns == 0
    assert Return.objects.count() == 1


def test_the_bounce_may_come_before_the_word_that_it_was_sent(sent):
    letter = sent(state="queued")
    Letter.objects.update(leased_until=timezone.now() + timedelta(minutes=1), sealed=b"secret")
    come_back(letter)
    letter.refresh_from_db()
    assert (letter.state, letter.leased_until, letter.sealed) == ("bounced", None, None)


def test_soft_ones_stop_it_at_the_fifth_over_three_days(sent):
    full = returned.dsn(status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
    letters = [sent(days=days) for days in (4, 3, 2, 1, 0)]
    for letter in letters[1:]:
        come_back(letter, full)
    assert not suppression.standing(returned.TO)
    come_back(letters[0], full)  # the first comes back last
    assert reason(returned.TO) == "soft"


def test_a_delivery_in_between_resets(sent):
    full = returned.dsn(status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
    letters = [sent(days=days) for days in (4, 3.5, 2, 1, 0)]
    sent(days=3)
    for letter in letters:
        come_back(letter, full)
    assert not suppression.standing(returned.TO)


def test_a_delayed_one_changes_nothing(sent):
    letter = sent()
    come_back(letter, returned.dsn(action="delayed", status="4.4.1", words="smtp; 451 4.4.1 timed out"))
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert Return.objects.get().kind == "delayed"
    assert not suppression.standing(returned.TO)


def test_of_a_lists_member_nothing_is_learnt_about_the_list(sent):
    come_back(sent(), returned.dsn(to="member@elsewhere.example"))
    assert Return.objects.get().kind == "other"
    assert not suppression.standing(returned.TO)


def test_among_several_recipients_ours_counts(sent):
    fields = "".join(
        f"Final-Recipient: rfc822; {who}\nAction: {action}\nStatus: {status}\n\n"
        for who, action, status in (
            ("member@customer.example.jp", "failed", "5.1.1"),
            (returned.TO.upper(), "failed", "4.4.1"),
        )
    )
    come_back(sent(), returned.dsn(fields=fields))
    assert (Return.objects.get().kind, Return.objects.get().status) == ("soft", "4.4.1")


def test_one_spelled_as_another_mailbox_of_the_domain_counts(sent):
    come_back(sent(), returned.dsn(to="hanako.sato@mail.customer.example.jp"))
    assert reason(returned.TO) == "hard"


def test_an_old_phones_quoted_address(sent):
    letter = sent(to='"taro..yamada"@docomo.ne.jp')
    come_back(letter, returned.dsn(to="taro..yamada@docomo.ne.jp"))
    assert suppression.suppressed(["taro..yamada@docomo.ne.jp", '"taro..yamada"@DOCOMO.ne.jp'])


def test_a_complaint_stops_notices_and_nothing_else(sent):
    come_back(sent(), returned.complaint())
    assert not suppression.suppressed([returned.TO], lane=Lane.CODES)
    assert not suppression.suppressed([returned.TO], lane=Lane.REST)
    assert suppression.suppressed([returned.TO], lane=Lane.TROUBLE) == {returned.TO}


def test_a_complaint_to_the_loops_address_names_the_letter_inside(sent):
    letter = sent()
    quoted = f"Original-Mail-From: <{path.return_path(letter.pk).decode()}>\n"
    to = "complaints@return.aoba.example"
    assert take.mail(returned.complaint(quoted=quoted), to=to, source=LMTP).returns == 1
    assert reason(returned.TO) == "complaint"


def test_without_the_mark_nothing_happens_but_counting(sent):
    letter = sent()
    forged = path.return_path(letter.pk).decode().replace(".", ".0", 1)
    for to in (forged, "complaints@return.aoba.example", "bounces@elsewhere.example"):
        assert take.mail(returned.dsn(), to=to, source=LMTP).counted == "forged"
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert not Return.objects.exists()
    assert ReturnTally.objects.get().number == 3


def test_an_automatic_answer_and_a_strange_mail_are_counted(sent):
    letter = sent()
    assert come_back(letter, returned.out_of_office()).counted == "automatic"
    assert come_back(letter, b"\nhello\n").counted == "unreadable"
    assert not Return.objects.exists()


def test_a_proof_forgives_what_was_before_even_if_it_comes_late(sent):
    first, late = sent(days=2), sent(days=1)
    come_back(first)
    assert suppression.proven(returned.TO)
    assert not suppression.suppressed([returned.TO])
    come_back(late)
    assert not suppression.standing(returned.TO)
    come_back(sent(days=-0.01))
    assert reason(returned.TO) == "hard"


def test_what_the_staff_put_there_only_they_take_off():
    suppression.add(returned.TO, Suppression.Reason.OPERATOR, by="kyoko@aoba.example", note="asked by phone")
    assert not suppression.proven(returned.TO)
    assert suppression.suppressed([returned.TO], lane=Lane.CODES)
    lifted = suppression.lift(returned.TO, by="kyoko@aoba.example", note="asked again")
    assert lifted
    assert lifted.until
    assert suppression.lift(returned.TO) is None
    assert not suppression.suppressed([returned.TO])


def test_a_stronger_reason_takes_the_place_of_a_weaker():
    for weight, holds in [("complaint", "complaint"), ("hard", "hard"), ("soft", "hard"), ("operator", "operator")]:
        suppression.add(returned.TO, Suppression.Reason(weight))
        assert reason(returned.TO) == holds
    assert Suppression.objects.open().count() == 1


def test_reactions_are_told(monkeypatch):
    told = []
    reaction = suppression.Reaction(
        added=lambda row: told.append(("added", row.reason)), lifted=lambda row: told.append(("lifted", row.reason))
    )
    monkeypatch.setattr(suppression, "_reactions", {"test": reaction})
    suppression.add(returned.TO, Suppression.Reason.HARD)
    suppression.add(returned.TO, Suppression.Reason.HARD)
    suppression.lift(returned.TO)
    assert told == [("added", "hard"), ("lifted", "hard")]


@pytest.mark.parametrize(("lane", "state"), [(Lane.CODES, "queued"), (Lane.REST, "suppressed")])
def test_posting_asks_the_list(lane, state):
    suppression.add(returned.TO, Suppression.Reason.HARD)
    letter = post(
        renderer="test.notice",
        reference="1",
        lane=lane,
        to=returned.TO.upper().replace("HANAKO", "hanako"),
        language="ja",
        expires_at=timezone.now() + timedelta(hours=1),
        sealed={"link": "secret"},
    )
    letter.refresh_from_db()
    assert letter.state == state
    assert (letter.sealed is None) == (state == "suppressed")
    assert (letter.finished_at is None) == (state == "queued")


def test_a_letter_that_is_gone_has_nothing_to_say():
    assert take.mail(returned.dsn(), to=path.return_path(404).decode(), source=LMTP) == take.Taken()
    assert not Return.objects.exists()


def test_a_wish_to_get_no_more_is_granted_by_who_knows_the_token(monkeypatch):
    monkeypatch.setattr(take, "_grant_wish", [lambda token: token == "12-3-t-ab"])
    assert take.mail(b"\n", to="U+12-3-T-AB@return.aoba.example", source=LMTP) == take.Taken()
    assert take.mail(b"\n", to="u+12-3-t-cd@return.aoba.example", source=LMTP).counted == "forged"


def test_the_figures_count_what_came_back(sent):
    since = timezone.now() - timedelta(days=30)
    sent(to="ichiro@fine.example.jp", key="2")
    come_back(sent())
    come_back(sent(key="3", to='"a..b"@DoCoMo.ne.jp'), returned.complaint())
    take.count(LMTP, ReturnTally.Why.FORGED, 5)
    assert figures.without_effect(since=since) == {"forged": 5, "automatic": 0, "unreadable": 0}
    assert figures.returns_of(returned.TO).get().kind == "hard"
    assert figures.suppressions(search="@docomo.ne.jp").get().reason == "complaint"
    assert figures.suppressions(search=returned.TO, reason="hard").count() == 1
    suppression.lift(returned.TO)
    assert figures.suppressions(search=returned.TO).count() == 0
    assert figures.suppressions(search=returned.TO, lifted=True).count() == 1


def test_after_half_a_year_it_is_forgotten(sent):
    come_back(sent())
    suppression.lift(returned.TO)
    forget_returns(timestamp=int((timezone.now() + timedelta(days=179)).timestamp()))
    assert Return.objects.exists()
    assert Suppression.objects.exists()
    forget_returns(timestamp=int((timezone.now() + timedelta(days=181)).timestamp()))
    assert not Return.objects.exists()
    assert not Suppression.objects.exists()
