"""Why no code goes out now, and what to do, in the customer's words."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.contracts import contact_phone
from madoguchi.contracts.contact_phone import PhoneKind
from madoguchi.contracts.limits import Limit, LimitReached
from madoguchi.shell.templatetags.shell import datetime_zone


def why_not(refusal: LimitReached) -> str:
    if refusal.limit == Limit.PAUSE and refusal.until:
        return _("A code was sent a moment ago. If it has not arrived, you can have it sent again from %(time)s.") % {
            "time": f"{timezone.localtime(refusal.until):%H:%M:%S}"
        }
    if refusal.limit == Limit.NUMBER and refusal.until:
        return _("No more codes can be sent to this number for now. You can ask again from %(time)s.") % {
            "time": datetime_zone(full_minute(refusal.until))
        }
    if refusal.limit == Limit.ACCOUNT and refusal.until:
        return _("No more codes can be sent for this ID for now. You can ask again from %(time)s.") % {
            "time": datetime_zone(full_minute(refusal.until))
        }
    return _("Codes cannot be sent at the moment. Please try again later, or contact us.")


def full_minute(until: datetime) -> datetime:
    """The first full minute at which ``until`` is over: pages name the minute, and nobody shall be there too early."""
    return (until + timedelta(seconds=60, microseconds=-1)).replace(second=0, microsecond=0)


def no_way(phone: str) -> str:
    """Why no code can reach ``phone`` (E.164), and what can be a contact phone."""
    match contact_phone.kind(phone):
        case PhoneKind.FREE_DIAL:
            return _("A toll-free number cannot be a contact phone: whoever answers is not sure to be you.")
        case PhoneKind.PREMIUM:
            return _("A number with a charge of its own (0570, 0180, 0990) cannot be a contact phone.")
        case PhoneKind.IP_PHONE:
            return _("We do not send codes to 050 numbers. Please use a mobile or a fixed line.")
    return _("No code can be sent to this kind of number. Please use a mobile or a fixed line in Japan.")
