"""The mail to the staff when a budget of codes is spent."""

from django.utils.translation import gettext as _

from madoguchi.contracts import budgets
from madoguchi.contracts.contact_phone import prefix_display
from madoguchi.contracts.models import BudgetAlarm
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.renderers import Draft, register
from madoguchi.shell.templatetags.shell import datetime_zone


def render(reference: str, language: str, format: str) -> Draft:
    """``reference`` is the id of the alarm."""
    alarm = BudgetAlarm.objects.get(pk=reference)
    return draft(lambda: _alarm(alarm), language, format)


def _alarm(alarm: BudgetAlarm) -> Note:
    about = {
        "prefix": prefix_display(alarm.prefix),
        "sent": alarm.sent,
        "hours": alarm.hours,
        "budget": alarm.budget,
    }
    return Note(
        subject=_("No more codes to numbers beginning with %(prefix)s: the budget is spent") % about,
        paragraphs=(
            _("Verification codes to numbers beginning with %(prefix)s have been cut off: %(sent)s were sent within "
              "%(hours)s h, and %(budget)s are allowed.") % about,
            _("Customers with such a number cannot confirm their contact phone now. It opens again by itself as the "
              "period moves on."),
            _("What to look at first: how many of the codes were typed in. Few of them means that somebody makes the "
              "site send codes for nothing; many means a busy day, and a budget that is too small."),
        ),
        facts=((_("Cut off at"), str(datetime_zone(alarm.at))),),
        button=_("See the budgets of codes"),
        link=page("/console/budgets/"),
        replies_unread=False,
        foot=_("There is no second email about this prefix and this period until the period is over."),
    )  # fmt: skip


register(budgets.ALARM, render)
