"""Mails about a notice that are no report: the reminder of planned work, and the withdrawal."""

from django.utils.translation import gettext, override

from madoguchi.delivery.renderers import Draft, register
from madoguchi.notices import lifecycle, mail, mailings, wording
from madoguchi.notices.models import Report
from madoguchi.shell.templatetags.shell import in_language_plain


def render_reminder(reference: str, language: str, format: str) -> Draft:
    """The last report once more, ahead of the work's begin; ``reference`` is the mailing's."""
    with override(language):
        again = mail.Again(mark=mailings.reminder_mark(reference), lead=reminder_lead())
    return mail.draft(mailings.last_report(reference), language, format, again=again)


def render_withdrawal(reference: str, language: str, format: str) -> Draft:
    """That the notice whose id is ``reference`` does not hold, and why."""
    last = mailings.last_report(reference)
    with override(language):
        said, at = withdrawn(last, language), last.notice.withdrawn_at
        again = mail.Again(mark=mailings.WITHDRAWAL_MARK, said=said, withdrawn_at=at)
        return mail.draft(last, language, format, again=again)


def reminder_lead() -> str:
    return gettext("Reminder of work already announced")


def withdrawn(last: Report, language: str) -> dict[str, object]:
    """Nothing of what was said is repeated: it was wrong."""
    notice = last.notice
    assert notice.withdrawn_at is not None  # noqa: S101 - the mailing was made with it
    work = notice.kind == lifecycle.Kind.WORK
    said = gettext("This work notice was withdrawn.") if work else gettext("This trouble notice was withdrawn.")
    reason = in_language_plain(notice, "withdrawn_reason").strip()
    when = wording.moment(notice.withdrawn_at)
    return {
        "withdrawn": True,
        "state": gettext("Withdrawn"),
        "tone": "calm",
        "tone_colour": mail.TONES["calm"],
        "urgent": "",
        "label": when,
        "short_label": when,
        "facts": [fact for fact in wording.facts(last) if fact.name == "services"],
        "body": f"{said}\n\n{reason}",
        "japanese_only": language == "en" and not notice.withdrawn_reason_en.strip(),
    }


register(mailings.REMINDER, render_reminder)
register(mailings.WITHDRAWAL, render_withdrawal)
