"""Mailboxes of the sample operator. Their holders have no customer ID until they log in for the first time."""

from madoguchi.demo.sample.logins import PASSWORD

DOMAIN = "mail.aoba.example"
MAILBOXES = {f"midori@{DOMAIN}": PASSWORD, f"kaoru@{DOMAIN}": PASSWORD}
