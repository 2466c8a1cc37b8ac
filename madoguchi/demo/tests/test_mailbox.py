"""The mailbox: mail arrives by SMTP and is read on a page and by programs."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.delivery.models import Letter, Mailing, Return
from madoguchi.delivery.returns.path import return_path
from madoguchi.delivery.tests.receiving import receiving
from madoguchi.demo import running
from madoguchi.demo.mailbox.store import Store
from madoguchi.lib.ports import free_port


@pytest.fixture
def var(tmp_path: Path, settings) -> Path:
    settings.VAR = tmp_path
    return tmp_path


def letter(*, to: str = "alice@example.jp", subject: str = "障害のお知らせ") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "あおば通信 <notice@aoba.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("復旧しました。\nhttp://127.0.0.1:8000/notices/T-2026-000001/\n")
    message.add_alternative(
        '<p>復旧しました。<a href="http://127.0.0.1:8000/my/notices/">設定</a><script>alert(1)</script></p>',
        subtype="html",
    )
    return message


def keep(var: Path, message: EmailMessage) -> None:
    Store(var / "demo").add(message.as_bytes(), [message["To"]])


@pytest.mark.django_db
def test_list_shows_the_newest_first_and_of_one_address_when_asked(client: Client, var: Path) -> None:
    keep(var, letter(subject="一通目"))
    keep(var, letter(subject="二通目"))
    keep(var, letter(to="bob@example.jp", subject="ボブへ"))
    page = client.get("/demo/mailbox/").content.decode()
    assert page.index("ボブへ") < page.index("二通目") < page.index("一通目")
    page = client.get("/demo/mailbox/", {"to": "alice@example.jp"}).content.decode()
    assert "ボブへ" not in page


@pytest.mark.django_db
def test_mail_page_shows_text_links_headers_and_source(client: Client, var: Path) -> None:
    keep(var, letter())
    page = client.get("/en/demo/mailbox/1/").content.decode()
    assert "障害のお知らせ" in page
    assert "復旧しました" in page
    assert 'href="http://127.0.0.1:8000/my/notices/"' in page
    assert "MIME-Version" in page
    assert "alert(1)</script>" not in page  # escaped, or inside the frame


@pytest.mark.django_db
def test_html_of_a_mail_can_do_nothing(client: Client, var: Path) -> None:
    keep(var, letter())
    answer = client.get("/demo/mailbox/1/html/")
    assert "復旧しました" in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_json_has_what_programs_need(client: Client, var: Path) -> None:
    keep(var, letter())
    keep(var, letter(to="bob@example.jp"))
    (mail,) = client.get("/demo/mailbox.json", {"to": "ALICE@example.jp"}).json()
    assert mail["from"] == "あおば通信 <notice@aoba.example>"
    assert mail["to"] == "alice@example.jp"
    assert mail["subject"] == "障害のお知らせ"
    assert mail["received_at"]
    assert mail["text"].startswith("復旧しました")
    assert "<p>" in mail["html"]
    assert mail["links"] == ["http://127.0.0.1:8000/notices/T-2026-000001/", "http://127.0.0.1:8000/my/notices/"]
    assert "MIME-Version: 1.0" in mail["raw"]


@pytest.mark.django_db
def test_no_such_mail(client: Client, var: Path) -> None:
    assert client.get("/demo/mailbox/77/").status_code == 404
    assert client.get("/demo/mailbox.json").json() == []


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "madoguchi.demo.mailbox.receiver", str(port), str(tmp_path)],
        cwd=Path(running.__file__).parents[2],
    )
    end = time.monotonic() + 120
    while True:
        try:
            smtplib.SMTP("127.0.0.1", port).quit()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)
    yield port
    process.terminate()
    assert process.wait(30) == 0


def test_receiver_keeps_what_it_accepted_and_refuses_on_request(tmp_path: Path, receiver: int) -> None:
    with smtplib.SMTP("127.0.0.1", receiver) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("pipelining")
        smtp.sendmail("n@aoba.example", ["alice@example.jp", "bob@example.jp"], letter().as_bytes())
        for refused, code in (("bounce@example.jp", 550), ("busy@example.jp", 451)):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
                smtp.sendmail("n@aoba.example", [refused], letter().as_bytes())
            assert error.value.recipients[refused][0] == code
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail("n@aoba.example", ["picky+1@example.jp"], letter().as_bytes())
        smtp.sendmail("n@aoba.example", ["picky+1@example.jp"], letter().as_bytes())
    kept = Store(tmp_path).latest()
    assert [mail.recipient for mail in kept] == ["picky+1@example.jp", "bob@example.jp", "alice@example.jp"]
    assert kept[0].subject == "障害のお知らせ"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("how", "kind"), [("gone", "hard"), ("full", "soft"), ("spam", "complaint")])
def test_a_mail_can_come_back(client: Client, var: Path, settings, how: str, kind: str) -> None:
    sent = Mailing.objects.create(renderer="x", reference="1", lane=2, expires_at=timezone.now(), single=True)
    row = Letter.objects.create(
        mailing=sent, recipient_key="1", address="alice@example.jp", language="ja", state="sent"
    )
    came = letter()
    came["Return-Path"] = f"<{return_path(row.pk).decode()}>"
    keep(var, came)
    assert "メールを差し戻す" in client.get("/demo/mailbox/1/").text
    settings.RETURN_LISTEN = f"lmtp://127.0.0.1:{free_port()}"
    answer = client.post("/demo/mailbox/1/return/", {"how": how})
    assert answer["Location"].endswith("?said=not_taken")
    with receiving(settings.RETURN_LISTEN):
        answer = client.post("/demo/mailbox/1/return/", {"how": how})
    assert answer["Location"].endswith(f"?said={how}")
    assert Return.objects.get().kind == kind
    assert ("迷惑メールとして報告されました" in client.get(answer["Location"]).text) is (how == "spam")


@pytest.mark.django_db
def test_how_it_comes_back_is_one_of_three(client: Client, var: Path) -> None:
    keep(var, letter())
    assert client.post("/demo/mailbox/1/return/", {"how": "otherwise"}).status_code == 400
    assert client.post("/demo/mailbox/1/return/", {"how": "gone"})["Location"].endswith("not_taken")
    assert client.post("/demo/mailbox/2/return/", {"how": "gone"}).status_code == 404
    assert client.get("/demo/mailbox/1/return/").status_code == 405
