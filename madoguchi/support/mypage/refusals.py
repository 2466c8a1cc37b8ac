"""Why no code goes out now, and what to do, in the customer's words."""

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.contracts.limits import Limit, LimitReached
from madoguchi.shell.templatetags.shell import datetime_zone


def why_not(refusal: LimitReached) -> str:
    if refusal.limit == Limit.PAUSE and refusal.until:
        return _("A code was sent a moment ago. If it has not arrived, you can have it sent again from %(time)s.") % {
            "time": f"{timezone.localtime(refusal.until):%H:%M:%S}"
        }
    if refusal.limit == Limit.NUMBER and refusal.until:
        return _("No more codes can be sent to this number for now. You can ask again from %(time)s.") % {
            "time": datetime_zone(refusal.until)
        }
    return _("Codes cannot be sent at the moment. Please try again later, or contact us.")


def what_happened(reason: str) -> str:
    """What became of the last sending, by the reason it failed for (one word of ``delivery.telephony``)."""
    match reason:
        case "busy":
            return _("The line was busy or nobody answered. Please have the code sent again.")
        case "invalid_number":
            return _("The number could not be reached in this way. Please choose another way, or contact us.")
    return _("The code could not be sent. Please have it sent again in a while.")
