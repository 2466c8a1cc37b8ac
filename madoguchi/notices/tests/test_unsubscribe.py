"""The link in a mail: what it says, what it does, and whom it does not touch."""

import pytest

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.renderers import render
from madoguchi.notices import audience, unsubscribe
from madoguchi.notices.models import OptOut
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako():
    return make.account("hanako")


@pytest.fixture
def hikari():
    return make.service()


@pytest.mark.parametrize("draft", [make.trouble, make.work])
def test_the_statement_and_this_module_make_the_same_token(hanako, hikari, draft):
    make.follows(hanako, hikari)
    destination = make.reads(hanako)
    report = draft(hikari).publish(by=None, at=NOW)
    audience.write_letters(mailing_id=Mailing.objects.get().pk)
    kind = report.notice.kind
    token = Letter.objects.get().personal["token"]
    assert token == unsubscribe.token_for(destination, service=hikari, kind=kind)
    assert unsubscribe.read(token) == unsubscribe.Wish(destination, hikari, kind)


def _damaged(token):
    for place, letter in enumerate(token):
        yield f"{token[:place]}{'1' if letter != '1' else '2'}{token[place + 1 :]}"
        yield token[:place] + token[place + 1 :]
    yield from (
        "",
        "-",
        token[:-4],
        token + "00",
        f"0{token}",
        "あ",
        "A" * 44,
        "%00",
        token.upper(),
        f"{2**70}-1-w-{'0' * 32}",
    )


def test_any_change_to_a_link_damages_it(hanako, hikari):
    token = unsubscribe.token_for(make.reads(hanako), service=hikari, kind="work")
    for wrong in _damaged(token):
        with pytest.raises(unsubscribe.Damaged):
            unsubscribe.read(wrong)


def test_a_link_says_nothing_to_an_address_that_took_the_slot(hanako, hikari):
    destination = make.reads(hanako)
    token = unsubscribe.token_for(destination, service=hikari, kind="work")
    destination.address = "new@example.jp"
    destination.save()
    with pytest.raises(unsubscribe.Damaged):
        unsubscribe.read(token)


def test_it_stops_that_service_kind_and_address_only(hanako, hikari):
    other = make.service("other")
    for followed in (hikari, other):
        make.follows(hanako, followed)
    first, _second = make.reads(hanako), make.reads(hanako, slot=2)
    wish = unsubscribe.read(unsubscribe.token_for(first, service=hikari, kind="trouble"))
    assert not wish.is_fulfilled()
    assert unsubscribe.fulfil(wish)
    assert wish.is_fulfilled()

    def addresses(report):
        mailing = Mailing.objects.get(single=False, reference=str(report.publish(by=None, at=NOW).pk))
        audience.write_letters(mailing_id=mailing.pk)
        return set(mailing.letters.exclude(reason="opted_out").values_list("address", flat=True))

    both = {"hanako@example.jp", "slot2.hanako@example.jp"}
    assert addresses(make.trouble(hikari)) == {"slot2.hanako@example.jp"}
    assert addresses(make.work(hikari)) == both
    assert addresses(make.trouble(other)) == both
    # A notice of both services reaches the address by the other one.
    assert addresses(make.trouble(hikari, other)) == both

    OptOut.objects.get().undo()
    assert addresses(make.trouble(hikari)) == both


def test_the_owner_is_told_once(hanako, hikari):
    make.follows(hanako, hikari)
    wish = unsubscribe.read(unsubscribe.token_for(make.reads(hanako, slot=2), service=hikari, kind="work"))
    assert unsubscribe.fulfil(wish)
    assert not unsubscribe.fulfil(wish)
    letter = Letter.objects.get()
    assert (letter.address, letter.personal) == ("hanako@example.jp", {"address": "slot2.hanako@example.jp"})
    draft = render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    assert draft.subject == f"{hikari.name_ja}のお知らせメールを停止しました"
    assert "工事情報メール" in draft.text
    assert "/my/notices/" in draft.text


def test_opting_out_again_after_undoing_counts_again(hanako, hikari):
    wish = unsubscribe.read(unsubscribe.token_for(make.reads(hanako), service=hikari, kind="work"))
    unsubscribe.fulfil(wish)
    OptOut.objects.get().undo()
    assert unsubscribe.fulfil(wish)
    assert OptOut.objects.count() == 2
