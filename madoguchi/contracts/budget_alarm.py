"""The mail to the staff when a budget of codes is spent."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from madoguchi.contracts import budgets
from madoguchi.contracts.contact_phone import prefix_display
from madoguchi.contracts.models import BudgetAlarm
from madoguchi.delivery.renderers import Draft, register
from madoguchi.shell.languages import in_language


def render(reference: str, language: str, format: str) -> Draft:
    """``reference`` is the id of the alarm."""
    alarm = BudgetAlarm.objects.get(pk=reference)
    with override(language):
        said = {
            "alarm": alarm,
            "prefix": prefix_display(alarm.prefix),
            "page": settings.SITE_URL + in_language("/console/budgets/", language),
            "operator_name": settings.OPERATOR[f"name_{language}"],
        }
        return Draft(
            subject=gettext("No more codes to numbers beginning with %(prefix)s: the budget is spent")
            % {"prefix": said["prefix"]},
            text=render_to_string("contracts/mail/budget_alarm.txt", said),
            html=None,
            sender=settings.MAIL_FROM_ID,
        )


register(budgets.ALARM, render)
