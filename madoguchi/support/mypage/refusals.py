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
    if refusal.limit == Limit.ACCOUNT and refusal.until:
        return _("No more codes can be sent for this ID for now. You can ask again from %(time)s.") % {
            "time": datetime_zone(refusal.until)
        }
    return _("Codes cannot be sent at the moment. Please try again later, or contact us.")
