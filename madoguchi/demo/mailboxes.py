"""Mailboxes of the sample operator. Their holders have no customer ID until they log in for the first time.

Read by a process without Django, so it imports nothing; a test holds the password against the other logins'.
"""

DOMAIN = "mail.aoba.example"
PASSWORD = "aoi-madoguchi-1"  # noqa: S105 - printed at every start of the demo
MAILBOXES = {f"midori@{DOMAIN}": PASSWORD, f"kaoru@{DOMAIN}": PASSWORD}
