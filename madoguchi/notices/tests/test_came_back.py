"""What becomes of delivery addresses that mail comes back from: paused wherever they stand, told, and resumed."""

import pytest

from madoguchi.delivery.models import Letter, Mailing, Return, Suppression
from madoguchi.delivery.returns import path, suppression, take
from madoguchi.delivery.tests import returned
from madoguchi.lib.tokens import unseal
from madoguchi.notices import audience, came_back, register_address, unsubscribe
from madoguchi.notices.models import OptOut
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db

OTHER = "desk@office.example.jp"


@pytest.fixture
def hanako():
    account = make.account("hanako")
    make.reads(account, slot=1)
    make.reads(account, slot=2, address=OTHER)
    return account


def publish(report):
    report.publish(by=None, at=NOW)
    mailing = Mailing.objects.get(renderer="notices.report", reference=str(report.pk))
    audience.write_letters(mailing_id=mailing.pk)
    return mailing


def bounce(letter, raw=None):
    raw = raw or returned.dsn(to=letter.address)
    return take.mail(raw, to=path.return_path(letter.pk).decode(), source=Return.Source.LMTP)


def states(account):
    return [(each.slot, each.state, each.paused_reason) for each in account.destinations.order_by("slot")]


def told(to):
    return Letter.objects.filter(address=to, mailing__renderer=came_back.RENDERER)


def test_a_bounce_pauses_the_address_and_tells_the_ids_own(hanako):
    service = make.service()
    make.follows(hanako, service)
    letter = publish(make.trouble(service)).letters.get(address=OTHER)
    Letter.objects.update(state="sent")
    bounce(letter)
    assert states(hanako) == [(1, "verified", ""), (2, "paused", "hard_bounce")]
    word = told("hanako@example.jp").get()
    assert (word.state, word.personal) == ("queued", {"address": "d•••@office.example.jp"})
    later = publish(make.trouble(service))
    assert dict(later.letters.values_list("address", "state")) == {"hanako@example.jp": "queued", OTHER: "suppressed"}
    assert later.letters.get(address=OTHER).reason == "paused"


def test_wherever_the_address_stands_it_is_paused(hanako):
    jiro = make.account("jiro")
    make.reads(jiro, slot=3, address=OTHER)
    suppression.add(OTHER, Suppression.Reason.SOFT)
    assert states(jiro) == [(3, "paused", "soft_bounces")]
    assert states(hanako)[1] == (2, "paused", "soft_bounces")
    assert told("jiro@example.jp").exists()


def test_of_the_ids_own_address_only_a_banner_can_tell(hanako):
    suppression.add("hanako@example.jp", Suppression.Reason.HARD)
    assert states(hanako)[0] == (1, "paused", "hard_bounce")
    assert not told("hanako@example.jp").exists()


def test_what_was_queued_is_withheld_but_not_what_is_on_the_wire(hanako):
    service = make.service()
    make.follows(hanako, service)
    first, second = publish(make.trouble(service)), publish(make.trouble(service))
    first.letters.update(leased_until=NOW)
    suppression.add(OTHER, Suppression.Reason.COMPLAINT)
    assert first.letters.get(address=OTHER).state == "queued"
    assert second.letters.get(address=OTHER).reason == "paused"


def test_the_link_lets_it_receive_again_and_forgives(hanako):
    suppression.add(OTHER, Suppression.Reason.HARD)
    assert register_address.resume(hanako, slot=2)
    letter = Letter.objects.get(address=OTHER, mailing__renderer=register_address.RESUME_RENDERER)
    assert letter.state == "queued"
    assert letter.sealed
    register_address.confirm(unseal(letter.sealed).split("/destinations/")[1].split("/")[0])
    assert states(hanako)[1] == (2, "verified", "")
    assert not suppression.suppressed([OTHER])


def test_the_staff_lift_one_and_the_address_receives_again(hanako):
    for reason in (Suppression.Reason.HARD, Suppression.Reason.OPERATOR):
        suppression.add(OTHER, reason)
        assert states(hanako)[1][1] == "paused"
        suppression.lift(OTHER, by="kyoko@aoba.example")
        assert states(hanako)[1] == (2, "verified", "")


def test_an_address_registered_after_it_was_suppressed_gets_nothing(hanako):
    service = make.service()
    make.follows(hanako, service)
    suppression.add("late@office.example.jp", Suppression.Reason.OPERATOR)
    make.reads(hanako, slot=3, address="late@office.example.jp")
    report = make.trouble(service)
    assert report.audience_outlook(at=NOW)["suppressed"] == 1
    letter = publish(report).letters.get(address="late@office.example.jp")
    assert (letter.state, letter.reason, letter.personal) == ("suppressed", "address", {})


def test_a_mail_to_the_unsubscribe_address_acts_once(hanako):
    service = make.service()
    token = unsubscribe.token_for(hanako.destinations.get(slot=2), service=service, kind="trouble")
    to = path.wish_path(token)
    assert to
    for _ in range(2):
        assert take.mail(b"Subject: unsubscribe\n\n", to=to.upper(), source=Return.Source.LMTP) == take.Taken()
    assert OptOut.objects.get().address == OTHER
    damaged = to.replace(token[-1] + "@", ("0" if token[-1] != "0" else "1") + "@")
    assert take.mail(b"\n", to=damaged, source=Return.Source.LMTP).counted == "forged"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("reason", [*came_back.REASONS.values()])
def test_the_word_says_why(reason, language):
    from madoguchi.delivery import renderers

    draft = renderers.render(came_back.RENDERER, reason, language, "full")
    assert "/my/destinations/" in draft.text
    assert {"ja": "停止", "en": "paused"}[language] in draft.subject
