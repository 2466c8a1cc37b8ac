"""A customer asks for mail about a service; staff publish a trouble notice in two reports; the mail arrives, threads,
and is stopped by its own link (journeys D1–D5 and F)."""

import email
import email.policy
import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from journeys.visitor import Visitor

pytestmark = pytest.mark.browser

# A service for each, so that nobody hears of another's trouble.
SERVICES = {"ja": "cloud-pbx", "en": "fixed-phone"}
PUBLISHER = "publisher@aoba.example"


def test_follow_a_service_and_hear_of_trouble(visitor: Visitor, new_visitor: Callable[..., Visitor]) -> None:
    address = f"kikyo-{visitor.language}-{visitor.width}@example.jp"
    service = SERVICES[visitor.language]
    visitor.register(address)
    follow(visitor, service)

    title = f"通信がしづらい障害 {visitor.language}-{visitor.width}"
    staff = new_visitor(language=visitor.language, width=1280)
    notice = publish_trouble(staff, service, title)
    first = visitor.demo.mail(address, subject=notice)
    publish_recovery(staff)
    second = visitor.demo.mail(address, subject=notice, but=first)

    headers = [email.message_from_string(mail["raw"], policy=email.policy.default) for mail in (first, second)]
    assert headers[1]["References"] or headers[1]["In-Reply-To"]
    assert headers[0]["References"] == headers[1]["References"] or headers[0]["Message-ID"] in headers[1]["References"]

    visitor.go(f"/notices/{notice}/")
    visitor.look("notice")

    stop_by_one_click(headers[1])
    (link,) = [link for link in second["links"] if "/unsubscribe/" in link]
    visitor.open(link)
    visitor.look("unsubscribe")


def follow(visitor: Visitor, service: str) -> None:
    visitor.go("/my/notices/")
    visitor.look("notices-terms")
    visitor.press()
    visitor.at("/my/notices/")
    visitor.look("my-notices-empty")
    visitor.go(f"/my/notices/{service}/")
    visitor.look("choose")
    for box in visitor.page.locator("main [name='mail']").all():
        box.uncheck()
    visitor.press()
    visitor.look("choose-errors")
    visitor.page.locator("main [name='mail'][value='trouble']").check()
    visitor.press()
    visitor.at(f"/my/notices/{service}/confirm/")
    visitor.look("choose-confirm")
    visitor.press()
    visitor.at(f"/my/notices/{service}/done/")
    visitor.look("choose-done")
    visitor.go("/my/notices/")
    visitor.look("my-notices")


def publish_trouble(staff: Visitor, service: str, title: str) -> str:
    """Log in as the publisher, write a trouble notice and publish it; its number."""
    staff.log_in(PUBLISHER, next_page="/console/")
    staff.look("login-code")
    staff.fill(code=staff.one_time_code(PUBLISHER))
    staff.press()
    staff.go("/console/notices/new/?kind=trouble")
    staff.page.locator(f"main [name='services'][value='{service}']").check()
    staff.fill(title_ja=title, title_en=f"Connections are slow {title[-7:]}")
    staff.fill(body_ja="つながりにくくなっています。", body_en="Connections are slow.", started_at="2026-11-20T09:00")
    staff.page.locator("main [name='state_after']").first.check()
    staff.page.locator("main .button[name='check']").click()
    staff.page.wait_for_url("**/publish/")
    staff.look("console-publish")
    staff.press()
    staff.page.wait_for_url("**/console/notices/*/")
    staff.look("console-notice")
    number = staff.page.locator("main").inner_text().split("T-20", 1)[1].split()[0]
    return f"T-20{number}"


def publish_recovery(staff: Visitor) -> None:
    """A second report about the notice now shown: recovered."""
    staff.press()
    staff.look("console-report")
    staff.fill(body_ja="復旧しました。", body_en="Service has been restored.", ended_at="2026-11-20T10:00")
    staff.page.locator("main [name='state_after'][value='recovered']").check()
    staff.page.locator("main .button[name='check']").click()
    staff.page.wait_for_url("**/publish/")
    staff.look("console-publish-second")
    staff.press()
    staff.page.wait_for_url("**/console/notices/*/")


def stop_by_one_click(headers: email.message.EmailMessage) -> None:
    """As a mail program does it (RFC 8058)."""
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = next(part.strip(" <>") for part in headers["List-Unsubscribe"].split(",") if "http" in part)
    body = urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(link, data=body, timeout=30) as response:  # noqa: S310 - a link of the demo's
        assert response.status == 200
