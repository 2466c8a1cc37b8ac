"""``/console/inquiries/``: the queue, answering, and two people doing so at the same time."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import Letter
from madoguchi.inquiries import converse, handle
from madoguchi.inquiries.models import Inquiry
from madoguchi.inquiries.tests import making
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db
QUEUE = "/console/inquiries/"


@pytest.fixture
def ann():
    return people.staff(StaffRole.SUPPORT)


@pytest.fixture
def support(client, ann):
    people.sign_in(client, ann)
    return client


@pytest.fixture
def ben():
    return people.staff(StaffRole.ADMINISTRATOR)


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def at(inquiry: Inquiry, act: str = "") -> str:
    return f"{QUEUE}{inquiry.pk}/{act}"


def hidden(html: str, name: str) -> str:
    """The value of a hidden field of the page."""
    field = re.search(rf'<input type="hidden" name="{name}"[^>]*>', html)
    assert field, name
    value = re.search(r'value="([^"]*)"', field[0])
    return value[1] if value else ""


def form(html: str, body: str, **press: str) -> dict[str, str]:
    return {"body": body, "seen": hidden(html, "seen"), "shown": hidden(html, "shown"), **press}


def answer(client, inquiry, body="お答えします。"):
    """Open, preview, send; returns what sending answered."""
    shown = client.post(at(inquiry, "answer/"), form(page(client, at(inquiry)), body)).content.decode()
    return client.post(at(inquiry, "answer/"), form(shown, body, send="1"))


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_the_queue_and_its_filters(support, ann):
    service = make.service("hikari")
    new = making.inquiry(subject="新しい件", service=service)
    mine, answered = making.inquiry(subject="自分の件"), making.inquiry(subject="答えた件")
    handle.assign(mine, to=ann, instead_of=None)
    handle.answer(answered, body="答え", by=ann, seen=answered.messages.get().pk)
    html = page(support, QUEUE)
    assert html.index("新しい件") < html.index("自分の件")
    assert "答えた件" not in html
    assert "2件が対応待ちです" in html
    assert "新しい件" not in page(support, f"{QUEUE}?show=mine")
    assert "答えた件" in page(support, f"{QUEUE}?show=answered")
    assert "該当するお問い合わせはありません" in page(support, f"{QUEUE}?show=closed")
    of_service = page(support, f"{QUEUE}?show=all&service=hikari")
    assert "新しい件" in of_service
    assert "自分の件" not in of_service
    assert "答えた件" in page(support, f"{QUEUE}?q={answered.number.lower()}")
    assert "Inquiries" in page(support, f"/en{QUEUE}")
    assert new.number in page(support, f"{QUEUE}?show=nonsense&service=nowhere&q=")


def test_the_page_shows_all_that_was_said_and_no_whole_address(support, ann):
    alice = people.alice()
    inquiry = making.inquiry(alice, body="<script>alert(1)</script>", name="青木")
    handle.note(inquiry, body="社内のメモ", by=ann)
    html = page(support, at(inquiry))
    assert "&lt;script&gt;" in html
    assert "社内のメモ" in html
    assert "a•••@example.jp" in html
    assert alice.email not in html
    assert f'href="/console/customers/{alice.public_id}/"' in html
    # The look at the customer asks for its own reason.
    assert support.get(f"/console/customers/{alice.public_id}/")["Location"] == "/console/customers/"
    typed = making.inquiry()
    assert "未確認" in page(support, at(typed))


def test_answering_shows_the_mail_first_and_sends_what_was_shown(support, ann):
    inquiry = making.inquiry(people.alice())
    response = support.post(at(inquiry, "answer/"), form(page(support, at(inquiry)), "お答えします。"))
    html = response.content.decode()
    assert response.status_code == 200
    assert f"Re: [{inquiry.number}] 件名" in html
    assert "/contact/…/" in html
    assert not Letter.objects.filter(mailing__renderer="inquiries.answer").exists()
    # Changed after the preview: shown again, not sent.
    html = support.post(at(inquiry, "answer/"), form(html, "別の文", send="1")).content.decode()
    assert "もう一度メールの内容をご確認ください" in html
    assert not Letter.objects.filter(mailing__renderer="inquiries.answer").exists()
    response = support.post(at(inquiry, "answer/"), form(html, "別の文", send="1"))
    assert response["Location"] == at(inquiry)
    letter = Letter.objects.get(mailing__renderer="inquiries.answer")
    assert letter.address == "alice@example.jp"
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.assignee) == ("answered", ann)
    assert "メール送信中" in page(support, at(inquiry))
    Letter.objects.update(state="failed")
    assert "メールを届けられませんでした" in page(support, at(inquiry))
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.detail["number"]) == ("inquiry.answer", inquiry.number)
    assert "別の文" not in f"{entry.detail} {entry.reason}"


def test_the_second_of_two_is_told_and_nothing_is_lost(support, ben):
    inquiry = making.inquiry()
    other = Client()
    people.sign_in(other, ben)
    hers, his = page(support, at(inquiry)), page(other, at(inquiry))
    hers = support.post(at(inquiry, "answer/"), form(hers, "先の答え")).content.decode()
    his = other.post(at(inquiry, "answer/"), form(his, "後の答え")).content.decode()
    assert support.post(at(inquiry, "answer/"), form(hers, "先の答え", send="1")).status_code == 302
    response = other.post(at(inquiry, "answer/"), form(his, "後の答え", send="1"))
    assert response.status_code == 409
    html = response.content.decode()
    assert "入力中に新しいやりとりがありました" in html
    assert "先の答え" in html
    assert "後の答え" in html.split("<textarea", 1)[1].split("</textarea>")[0]
    assert Letter.objects.filter(mailing__renderer="inquiries.answer").count() == 1
    # Having seen it, he may still send.
    assert other.post(at(inquiry, "answer/"), form(html, "後の答え", send="1")).status_code == 302
    assert Letter.objects.filter(mailing__renderer="inquiries.answer").count() == 2
    assert acts() == ["inquiry.answer", "inquiry.answer"]


def test_a_message_of_the_writer_meanwhile_is_shown_first(support):
    inquiry = making.inquiry()
    html = support.post(at(inquiry, "answer/"), form(page(support, at(inquiry)), "答え")).content.decode()
    converse.write_further(inquiry, body="解決しました")
    response = support.post(at(inquiry, "answer/"), form(html, "答え", send="1"))
    assert response.status_code == 409
    assert "解決しました" in response.content.decode()


@pytest.mark.parametrize("body", ["", "  \n ", "あ" * 10_001])
def test_an_answer_that_cannot_go_out_is_said(support, body):
    inquiry = making.inquiry()
    response = support.post(at(inquiry, "answer/"), form(page(support, at(inquiry)), body, send="1"))
    assert response.status_code == 422
    assert not acts()


def test_taking_giving_and_being_too_late(support, ann, ben):
    inquiry = making.inquiry()
    old = hidden(page(support, at(inquiry)), "instead_of")
    assert support.post(at(inquiry, "assign/"), {"mine": "1", "instead_of": old})["Location"] == at(inquiry)
    inquiry.refresh_from_db()
    assert (inquiry.assignee, inquiry.state) == (ann, "assigned")
    late = Client()
    people.sign_in(late, ben)
    response = late.post(at(inquiry, "assign/"), {"mine": "1", "instead_of": old})
    assert response.status_code == 409
    assert "直前にほかの担当者が変更しました" in response.content.decode()
    now = hidden(page(late, at(inquiry)), "instead_of")
    late.post(at(inquiry, "assign/"), {"to": ben.pk, "instead_of": now})
    inquiry.refresh_from_db()
    assert inquiry.assignee == ben
    late.post(at(inquiry, "assign/"), {"to": "", "instead_of": ben.pk})
    inquiry.refresh_from_db()
    assert (inquiry.assignee, inquiry.state) == (None, "new")
    assert acts() == ["inquiry.assign"] * 3


def test_only_who_may_answer_is_assigned(support):
    inquiry, viewer, alice = making.inquiry(), people.staff(StaffRole.VIEWER), people.alice()
    for nobody in (viewer.pk, alice.pk, "x", 2**70):
        assert support.post(at(inquiry, "assign/"), {"to": nobody}).status_code == 422
    inquiry.refresh_from_db()
    assert inquiry.assignee is None


def test_a_note_stays_inside(support):
    inquiry = making.inquiry()
    assert support.post(at(inquiry, "note/"), {"note": ""}).status_code == 422
    support.post(at(inquiry, "note/"), {"note": "社内のメモ"})
    assert "社内のメモ" in page(support, at(inquiry))
    assert Letter.objects.count() == 1  # the link to the writer, at the beginning
    assert acts() == ["inquiry.note"]
    assert "メモを追加" in page(support, at(inquiry))


def test_closing_and_opening_again(support):
    inquiry = making.inquiry()
    support.post(at(inquiry, "state/"), {"act": "close"})
    inquiry.refresh_from_db()
    assert inquiry.state == "closed"
    html = page(support, at(inquiry))
    assert 'name="body"' not in html
    shown = {"body": "答え", "seen": inquiry.messages.get().pk}
    again = support.post(at(inquiry, "answer/"), shown)
    assert again.status_code == 200
    assert support.post(at(inquiry, "state/"), {"act": "nonsense"})["Location"] == at(inquiry)
    support.post(at(inquiry, "state/"), {"act": "reopen"})
    inquiry.refresh_from_db()
    assert inquiry.state == "new"
    assert acts() == ["inquiry.close", "inquiry.reopen"]


def test_what_nobody_wrote_stays_closed(support):
    inquiry = making.inquiry()
    converse.disown(inquiry)
    assert "心当たりがないとの連絡" in page(support, at(inquiry))
    assert support.post(at(inquiry, "state/"), {"act": "reopen"}).status_code == 409
    assert not acts()


def test_looking_changes_nothing(support):
    inquiry = making.inquiry()
    page(support, at(inquiry))
    page(support, QUEUE)
    for act in ("answer/", "assign/", "note/", "state/"):
        assert support.get(at(inquiry, act)).status_code == 405
    assert page(support, f"{QUEUE}{'9' * 25}/", 404)
    assert not acts()


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.EDITOR, StaffRole.PUBLISHER, StaffRole.BILLING])
def test_other_roles_are_refused(client, role):
    inquiry = making.inquiry()
    people.sign_in(client, people.staff(role))
    for path in (QUEUE, at(inquiry), *(at(inquiry, f"{act}/") for act in ("answer", "assign", "note", "state"))):
        assert client.get(path).status_code == 403, path
        assert client.post(path, {"act": "close", "note": "x", "mine": "1"}).status_code == 403, path


def test_customers_are_refused_even_for_their_own(client):
    alice = people.alice()
    inquiry = making.inquiry(alice)
    for person in (alice, people.bob(), people.charlie()):
        people.sign_in(client, person)
        for path in (QUEUE, at(inquiry), at(inquiry, "state/")):
            assert client.get(path).status_code == 403
            assert client.post(path, {"act": "close"}).status_code == 403
    inquiry.refresh_from_db()
    assert inquiry.state == "new"
