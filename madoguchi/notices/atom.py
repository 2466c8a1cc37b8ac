"""Reports as an Atom feed (RFC 4287): one entry each, with an id that never changes (RFC 4151)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.template.defaultfilters import linebreaks_filter
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from madoguchi.notices import wording
from madoguchi.notices.models import Report
from madoguchi.shell import languages, states
from madoguchi.shell.templatetags.shell import in_language_plain

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


# What a feed without entries says of when it changed: RFC 4287 wants a time, and an unchanged feed an unchanged one.
_BEFORE_ALL = datetime(2026, 1, 1, tzinfo=UTC)


def feed(reports: Sequence[Report], *, name: str, path: str, feed_path: str) -> str:
    """``reports`` (published, newest first; with ``notice`` and its services) in the language in force.

    ``path`` is the page the feed stands for, ``feed_path`` the feed's own, both in that language.
    """
    language = languages.current()
    made = _Feed(
        title=name,
        link=f"{settings.SITE_URL}{path}",
        description="",
        language=language,
        feed_url=f"{settings.SITE_URL}{feed_path}",
        feed_guid=_tag("2026", feed_path),
        author_name=settings.OPERATOR[f"name_{language}"],
    )
    for report in reports:
        notice = report.notice
        made.add_item(
            title=f"{wording.subject(notice, notice.number or '')} – {report.label}",
            link=f"{settings.SITE_URL}{languages.in_language(f'/notices/{notice.number}/', language)}",
            description=_content(report),
            unique_id=_tag(f"{notice.number}"[2:6], f"/notices/{notice.number}/{report.ordinal}"),
            pubdate=report.published_at,
            updateddate=report.published_at,
            categories=[notice.kind, report.state_after, *(service.slug for service in notice.services.all())],
        )
    return made.writeString("utf-8")


class _Feed(Atom1Feed):
    """As Django's, which gives an empty feed the present time."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_BEFORE_ALL)


def _tag(year: str, path: str) -> str:
    return f"tag:{settings.OPERATOR['domain']},{year}:{path}"


def _content(report: Report) -> SafeString:
    """The state, the words, the facts."""
    facts = format_html_join("", "<li>{}</li>", ((fact.line,) for fact in wording.facts(report)))
    body = linebreaks_filter(in_language_plain(report, "body").strip())
    return format_html("<p><strong>{}</strong></p>{}<ul>{}</ul>", states.look(report.state_after).word, body, facts)
