"""What ``circuit-maintenance-parser`` reads out of calendars and mails: JSON of name → text in, of name → events out.

Runs in the environment of requirements-calendar.txt, apart from the site's own.
"""

import json
import sys

from circuit_maintenance_parser import NotificationData
from circuit_maintenance_parser.provider import GenericProvider


def read(text: str) -> list[dict]:
    if text.startswith("BEGIN:VCALENDAR"):
        data = NotificationData.init_from_raw("ical", text.encode())
    else:
        data = NotificationData.init_from_email_bytes(text.encode())
    found = GenericProvider().get_maintenances(data)
    return [json.loads(maintenance.to_json()) for maintenance in found]


json.dump({name: read(text) for name, text in json.load(sys.stdin).items()}, sys.stdout)
