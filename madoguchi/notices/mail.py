"""A report as mail: rendered once a language and format, with slots for what differs between recipients.

The letters' own values (``service``, ``token``, ``box``, ``there``, ``contracts``, ``thread``, ``parties``) are written
by the statement of due.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext, override

from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import SLOT, Draft, register, slot
from madoguchi.notices import lifecycle, mailings, wording
from madoguchi.notices.attached import PARTIES, WorkCalendar
from madoguchi.notices.calendar import Stand
from madoguchi.notices.models import Notice, Report
from madoguchi.shell import languages, states
from madoguchi.shell.mail_frame import frame
from madoguchi.shell.templatetags.shell import in_language_plain

# Half-width columns of an old mobile phone's screen, and how much of a text it gets; the rest is behind the link.
SHORT_WIDTH = 40
SHORT_BODY = 300
# The frame of the state's word, by its tone on the pages; 4.5:1 against white and more. shell's mail/style.css has the
# same for the dark.
TONES = {
    "calm": "#4d4d4d",
    "plan": "#0031d8",
    "act": "#8b3a00",
    "alert": "#b60000",
    "watch": "#6b3d00",
    "good": "#115a36",
}


@dataclass(frozen=True, slots=True)
class Again:
    """How a mail differs from its report's: ``mark`` is its own in the message's id, ``lead`` its first line, and
    ``said`` takes the place of what the templates would show. ``withdrawn_at``: it says that the notice was."""

    mark: str
    lead: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    withdrawn_at: datetime | None = None


def render(reference: str, language: str, format: str) -> Draft:
    """The mail of the report whose id is ``reference``."""
    return draft(Report.objects.select_related("notice").get(pk=reference), language, format)


def preview(report: Report, language: str, format: str) -> Draft:
    """The mail of a report as one follower of its first service would get it; a draft's number is still open.

    ``language`` ja or en, ``format`` full or short. Slots are filled, the unsubscribe link leads nowhere.
    """
    with override(language):
        service = next(iter(report.notice.services.all()), None)
        values = {
            "service": in_language_plain(service, "name"),
            "token": "-",
            "box": "-",
            "there": "",
            "contracts": "",
            "thread": "",
        }
    return _filled(draft(report, language, format), values)


def draft(report: Report, language: str, format: str, *, again: Again | None = None) -> Draft:
    """The mail of ``report``, or another one about its notice in the same thread."""
    again = again or Again(mark=str(_ordinal(report)))
    with override(language):
        calendar = _calendar(report, format, again)
        said = {**context(report, language), "lead": again.lead, "calendar": calendar, **again.said}
        if format == "short":
            said["body"] = Truncator(said["body"]).chars(SHORT_BODY)
            text, html = wording.wrapped(plain("short", said), width=SHORT_WIDTH), None
        else:
            text, html = plain("report", said), render_to_string("notices/mail/report.html", {**said, "part": said})
        return Draft(
            subject=wording.subject(report.notice, said["number"]),
            text=f"{text}\n",
            html=html,
            sender=settings.MAIL_FROM_NOTICES,
            headers=_headers(report, said, mark=again.mark),
            calendar=calendar,
        )


def _calendar(report: Report, format: str, again: Again) -> WorkCalendar | None:
    if format != Letter.Format.CALENDAR:
        return None
    return WorkCalendar.about({PARTIES: Stand(report, again.withdrawn_at)})


def plain(name: str, said: Mapping[str, Any]) -> str:
    return str(render_to_string(f"notices/mail/{name}.txt", dict(said))).strip()


def _headers(report: Report, said: Mapping[str, Any], *, mark: str) -> tuple[tuple[str, str], ...]:
    domain, kind = settings.OPERATOR["domain"], report.notice.kind
    return (
        ("Message-ID", f"<{said['number']}.{mark}.{slot('box')}@{domain}>"),
        # The notice's first mail to this address, so that every client keeps the reports together; empty in that
        # first mail itself, and then left out by the engine.
        ("In-Reply-To", slot("thread")),
        ("References", slot("thread")),
        ("List-Id", f"<{kind}.notices.{domain}>"),
        *stop_headers(said["unsubscribe_url"], by_mail=True),
    )


def stop_headers(url: str, *, by_mail: bool) -> tuple[tuple[str, str], ...]:
    """How a mail program stops a mail by itself: in one click (RFC 8058), or by a mail to an address of ours, where the
    link's token fits into one (RFC 5321, 4.5.3.1.1)."""
    ways = f"<{url}>"
    if by_mail and settings.RETURN_DOMAIN:
        ways += f", <mailto:u+{slot('token')}@{settings.RETURN_DOMAIN}?subject=unsubscribe>"
    return (("List-Unsubscribe", ways), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))


def context(report: Report, language: str) -> dict[str, Any]:
    """What the templates show; call it with the language in force."""
    notice = report.notice
    facts = wording.facts(report)
    work = notice.kind == lifecycle.Kind.WORK
    look = states.look(report.state_after)
    number = notice.number or open_number(notice)
    return {
        **frame(language),
        "state": look.word,
        "tone": look.tone,
        "tone_colour": TONES[look.tone],
        "short_label": _label(report),
        "label": _label_and_time(report),
        "kind_words": gettext("Work notice") if work else gettext("Trouble notice"),
        "kind_mail": gettext("work email") if work else gettext("trouble email"),
        "number": number,
        "title": in_language_plain(notice, "title"),
        "facts": [fact for fact in facts if fact.name != "next_report" or not report.is_final],
        "urgent": " / ".join(fact.text.replace("\n", " ") for fact in facts if fact.is_urgent),
        "services": _first_of([in_language_plain(service, "name") for service in notice.services.all()]),
        "body": in_language_plain(report, "body").strip(),
        "japanese_only": language == "en" and not report.body_en.strip(),
        "service": slot("service"),
        "there": slot("there"),
        "contracts": slot("contracts"),
        "notice_url": url(f"/notices/{number}/", language),
        "settings_url": url("/my/notices/", language),
        "unsubscribe_url": url(f"/unsubscribe/{slot('token')}/", language),
    }


def _label(report: Report) -> str:
    """第1報; a draft's preview shows the ordinal it would get."""
    if report.ordinal is not None:
        return report.label
    final = report.state_after in lifecycle.FINAL - {report.notice.state}
    return Report(ordinal=_ordinal(report), is_final=final).label


def _label_and_time(report: Report) -> str:
    """第1報（2026年11月22日（日）14:05 JST）."""
    if report.published_at is None:
        return _label(report)
    return gettext("%(report)s, %(time)s") % {"report": _label(report), "time": wording.moment(report.published_at)}


def _ordinal(report: Report) -> int:
    return report.ordinal or len(report.notice.published_reports) + 1


def open_number(notice: Notice) -> str:
    """What stands for the number of a notice that has none yet."""
    return f"{notice.kind[0].upper()}-0000-000000"


def _first_of(names: list[str]) -> str:
    """The first name, and how many more there are: a phone's first screen has room for little."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(name)s and %(more)s more") % {"name": names[0], "more": len(names) - 1}


def url(path: str, language: str) -> str:
    return f"{settings.SITE_URL}{languages.in_language(path, language)}"


def _filled(draft: Draft, values: Mapping[str, str]) -> Draft:
    def fill(text: str, convert: Callable[[str], str] = str) -> str:
        return SLOT.sub(lambda found: convert(values[found[1]]), text)

    return replace(
        draft,
        subject=fill(draft.subject),
        text=fill(draft.text),
        html=fill(draft.html, escape) if draft.html is not None else None,
        headers=tuple((name, value) for name, value in ((n, fill(v)) for n, v in draft.headers) if value),
    )


register(mailings.REPORT, render)
