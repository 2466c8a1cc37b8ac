"""``{% load console %}``: words and numbers of the operator's pages."""

from django import template
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.catalog.regions import BY_CODE
from madoguchi.console.notices.forms.report import REMINDERS
from madoguchi.delivery.pace import Pace
from madoguchi.lib.markdown import to_html
from madoguchi.notices.destinations import SLOTS
from madoguchi.notices.lifecycle import FINAL
from madoguchi.notices.models import Report
from madoguchi.notices.ready import blanks
from madoguchi.notices.wording import listed
from madoguchi.shell.templatetags.shell import grouped, in_language_plain

register = template.Library()

# Letters by state, in the order in which they come about.
_OUTCOMES: dict[str, str | Promise] = {
    "queued": _("Waiting"),
    "sent": pgettext_lazy("console", "Sent"),
    "digest": _("Sent in a digest"),
    "held": _("Held"),
    "skipped": _("Skipped"),
    "failed": _("Failed"),
    "bounced": _("Bounced"),
    "suppressed": _("Suppressed"),
}


# What was done, by the act's name in the audit log.
_ACTS: dict[str, str | Promise] = {
    "notice.start": _("Began a notice"),
    "notice.edit": _("Changed the draft"),
    "notice.discard": _("Threw the notice away"),
    "notice.publish": _("Published a report"),
    "notice.schedule": _("Scheduled a report"),
    "notice.unschedule": _("Cancelled the schedule"),
    "notice.withdraw": _("Withdrew the notice"),
    "report.start": _("Began a report"),
    "report.edit": _("Changed the draft report"),
    "report.discard": _("Threw the draft report away"),
    "report.try": _("Sent the mails to themselves"),
    "report.ask": _("Asked for approval"),
    "report.approve": _("Approved the report"),
    "report.return": _("Sent the report back"),
    "report.sign": _("Signed the report off"),
    "mailing.pause": _("Paused the mailing"),
    "mailing.resume": _("Let the mailing go on"),
    "mailing.cancel": _("Called the mailing off"),
    "mailing.retry": _("Tried failed letters again"),
    "suppression.add": _("Put an address on the suppression list"),
    "suppression.lift": _("Took an address off the suppression list"),
    "template.add": _("Added a template"),
    "template.edit": _("Changed a template"),
    "template.remove": _("Removed a template"),
    "inquiry.answer": _("Answered the inquiry"),
    "inquiry.assign": _("Said who answers the inquiry"),
    "inquiry.note": _("Left a note"),
    "inquiry.close": _("Closed the inquiry"),
    "inquiry.reopen": _("Opened the inquiry again"),
    "question.add": _("Added a question"),
    "question.change": _("Changed a question"),
    "guide.add": _("Added a guide"),
    "guide.change": _("Changed a guide"),
    "service.add": _("Added a service"),
    "service.change": _("Changed a service"),
    "category.add": _("Added a category"),
    "category.change": _("Changed a category"),
    "legal_text.publish": _("Published a version of a text"),
    "tariff.add": _("Began a tariff version"),
    "tariff.edit": _("Changed the name or day of a tariff version"),
    "tariff.rules": _("Took the rules of a file"),
    "tariff.rule": _("Added, changed or deleted a rule"),
    "tariff.band": _("Added, changed or deleted a time band"),
    "tariff.release": _("Released a tariff version"),
    "tariff.take_back": _("Made a tariff version a draft again"),
    "tariff.compare": _("Had two tariff versions compared over a month"),
    "tariff.remove": _("Threw a tariff draft away"),
    "discount.add": _("Added a row from a month on"),
    "discount.change": _("Changed a row to come"),
    "discount.remove": _("Deleted a row to come"),
    "fee.add": _("Added a row from a month on"),
    "fee.change": _("Changed a row to come"),
    "fee.remove": _("Deleted a row to come"),
    "import.upload": _("Uploaded the file"),
    "import.confirm": _("Had the good records imported"),
    "import.give_up": _("Gave the file up"),
    "import.undo": _("Undid the import"),
    "conflict.look": _("Looked at a conflict"),
    "conflict.kept": _("Kept a stored record"),
    "conflict.taken": _("Took a new record"),
    "conflict.all_kept": _("Had all stored records kept"),
    "conflict.all_taken": _("Had all new records taken"),
    "import.look": _("Gave a reason to look at records"),
    "import.rejects": _("Downloaded the rejected records"),
    "import.reasons": _("Downloaded the reasons"),
    "contracts.upload": _("Uploaded the files"),
    "contracts.confirm": _("Had the good rows stored"),
    "contracts.give_up": _("Gave the files up"),
    "contracts.rejected": _("Downloaded the rejected rows"),
    "payments.upload": _("Uploaded the file"),
    "payments.confirm": _("Had the good rows stored"),
    "payments.give_up": _("Gave the file up"),
    "payments.rejected": _("Downloaded the rejected rows"),
    "customer.look": _("Looked at a customer"),
    "customer.not_found": _("Looked for a customer who is not there"),
    "customer.bills": _("Looked at a bill"),
    "customer.unlink": _("Unlinked a customer ID"),
    "customer.calls": _("Gave a reason to look at call records"),
    "customer.calls_shown": _("Looked at call records"),
    "customer.login": _("Took off the lock for wrong passwords"),
    "customer.login_code": _("Took off the lock for wrong one-time codes"),
    "customer.wrong_phones": _("Took off the lock for wrong contact phones"),
    "customer.wrong_codes": _("Took off the lock for wrong codes from the contact phone"),
    "customer.codes_sent": _("Let codes be sent to the contact phone again"),
    "customer.linking": _("Took off the lock for customer numbers tried"),
    "customer.new_phones": _("Took off the lock for new contact phones named"),
    "customer.sessions": _("Ended every session of a customer ID"),
    "customer.password": _("Sent a password reset email"),
    **{f"customer.link_{slot}": _("Sent a new link to a delivery address") for slot in SLOTS},
    "customer.new_email": _("Sent a new link to the new email address"),
    "registration.look": _("Looked at a registration"),
    "registration.send_again": _("Sent the registration link again"),
    "month.close": _("Closed a month"),
    "month.call_off": _("Called the closing off"),
    "month.rerate": _("Had a month re-rated"),
    "month.apply_rerating": _("Applied a re-rating"),
    "site.add": _("Added a site"),
    "site.change": _("Changed a site"),
    "site.secret": _("Made a new secret for a site"),
    "site.remove": _("Removed a site"),
    "token.issue": _("Issued the token"),
    "token.revoke": _("Revoked the token"),
    "tax.add": _("Added a row from a month on"),
    "tax.change": _("Changed a row to come"),
    "tax.remove": _("Deleted a row to come"),
}


@register.filter
def unbroken(number: str) -> SafeString:
    """A notice's number inside a heading, kept on one line: a browser may break it after its hyphens."""
    return format_html('<span class="console__number">{}</span>', number)


@register.filter
def act_words(act: str) -> str | Promise:
    """What an act of the audit log means."""
    return _ACTS.get(act, "")


@register.filter
def outcomes(pace: Pace) -> list[tuple[str | Promise, str]]:
    """What became of how many letters: each outcome that occurs, its word and the number.

    Letters that went out together with others in a digest are not among the skipped.
    """
    counted = pace.by_state()
    if digest := pace.reasons.get("skipped", {}).get("digest", 0):
        counted |= {"skipped": counted["skipped"] - digest, "digest": digest}
    return [(word, grouped(counted[outcome])) for outcome, word in _OUTCOMES.items() if counted.get(outcome)]


register.filter("listed", lambda names: listed([str(name) for name in names]))


@register.filter
def region_names(codes: list[str]) -> str:
    """The names of regions by their codes; empty for none, which means everywhere."""
    return listed([in_language_plain(BY_CODE[code], "name") for code in codes if code in BY_CODE])


@register.filter
def by_itself(report: Report | None) -> list[str]:
    """What happens after a report of planned work without anybody's doing: its begin, its end, the reminders."""
    if report is None or report.state_after in FINAL:
        return []
    mailed, unmailed = gettext("emailed"), gettext("without email")
    found = []
    if report.starts_itself:
        how = mailed if report.notify_start else unmailed
        found.append(gettext("“In progress” when the first period begins (%(how)s)") % {"how": how})
    if report.ends_itself:
        how = mailed if report.notify_end else unmailed
        found.append(gettext("“Completed” when the last period ends (%(how)s)") % {"how": how})
    if hours := [str(label) for number, label in REMINDERS if number in report.remind_hours]:
        found.append(gettext("Reminder by email: %(hours)s") % {"hours": listed(hours)})
    return found


@register.filter
def person(account: Account | None) -> str:
    """A member of the staff, by name and address."""
    if account is None:
        return gettext("Nobody in particular")
    return f"{account.kana_name} ({account.email})" if account.kana_name else account.email


@register.filter
def blanks_left(text: object) -> list[str]:
    """The blanks of a template that are still to be filled in, each once: 〔時刻〕."""
    return list(dict.fromkeys(blanks(text))) if isinstance(text, str) else []


@register.filter
def marked(text: str) -> SafeString:
    """A text with its blanks marked."""
    shown = str(escape(text))
    for blank in blanks_left(text):
        shown = shown.replace(escape(blank), f"<mark>{escape(blank)}</mark>")
    # Escaped above.
    return mark_safe(shown)  # noqa: S308


@register.filter
def from_markdown(text: str) -> SafeString:
    """A writer's text as the site shows it."""
    # What comes out of Markdown holds nothing that acts.
    return format_html('<div class="prose">{}</div>', mark_safe(to_html(text)))  # noqa: S308
