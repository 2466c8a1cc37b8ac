"""What becomes of a crowd of unknown addresses: each is judged after all, or their domain is not believed for a day."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.delivery.models import DomainHold, Letter, Mailing, Return, Suppression
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft
from madoguchi.delivery.returns import guard, rules, suppression, take
from madoguchi.lib.lanes import Lane
from madoguchi.shell.templatetags.shell import datetime_zone

log = structlog.get_logger(__name__)

RENDERER = "delivery.domain_held"
WORD_LASTS = timedelta(hours=24)
# By then the workers have counted the letters they were sending at the time.
SETTLED = timedelta(seconds=30)

# Those that were refused and not just bounced: nobody has taken them over, and they may still be worth sending.
_AGAIN = """
UPDATE delivery_letter letter
SET state = 'queued', tries = 0, reason = 'refused', finished_at = NULL, due_at = now() + interval '5 minutes'
FROM delivery_mailing mailing
WHERE letter.id = ANY(%s) AND letter.state = 'failed' AND letter.reason = 'refused'
  AND mailing.id = letter.mailing_id AND NOT mailing.single AND mailing.state <> 'cancelled'
  AND mailing.expires_at > now() + interval '5 minutes'
RETURNING mailing.id
"""


def settle() -> None:
    """Decide about every crowd that has waited long enough to be seen whole."""
    waiting = Return.objects.filter(weight=Return.Weight.WAITING)
    now = timezone.now()
    for domain in waiting.filter(received_at__lte=now - SETTLED).order_by("domain").values_list("domain").distinct():
        _settle(*domain, now=now)


def _settle(domain: str, *, now: datetime) -> None:
    since = now - rules.CROWD_WITHIN
    if guard.crowd(domain, since=since).is_the_domains:
        _hold(domain, since=since, now=now)
        return
    for row in Return.objects.filter(weight=Return.Weight.WAITING, domain=domain).order_by("pk"):
        with transaction.atomic():
            Return.objects.filter(pk=row.pk).update(weight=Return.Weight.COUNTS)
            letter = Letter.objects.filter(pk=row.letter or 0).first()
            if letter is not None and letter.address:
                take.judge(letter.address, at=row.received_at)


@transaction.atomic
def _hold(domain: str, *, since: datetime, now: datetime) -> None:
    """Believe none of it, take back what followed from its first words, send the letters again, and tell staff."""
    said = guard.unknown(domain, since=since) | Return.objects.filter(domain=domain, weight=Return.Weight.WAITING)
    rows = list(said.values_list("pk", "letter", "address_digest"))
    addresses = {digest for _pk, _letter, digest in rows}
    hold = DomainHold.objects.create(domain=domain, since=now, until=now + rules.HOLD, addresses=len(addresses))
    Return.objects.filter(pk__in=[pk for pk, *_rest in rows]).update(weight=Return.Weight.HELD)
    _take_back(domain, addresses, since=since)
    hold.letters = _again([letter for _pk, letter, _digest in rows if letter is not None])
    hold.save(update_fields=["letters"])
    log.warning("returns.domain_held", domain=domain, addresses=hold.addresses, letters=hold.letters)
    post(
        renderer=RENDERER,
        reference=str(hold.pk),
        lane=Lane.CODES,
        to=settings.ALARM_ADDRESS,
        language=settings.LANGUAGE_CODE,
        expires_at=now + WORD_LASTS,
    )


def _take_back(domain: str, addresses: set[str], *, since: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        note = _("One of too many of its domain at once")
    stopped = Suppression.objects.open().filter(reason=Suppression.Reason.HARD, since__gte=since)
    for address in stopped.filter(address__endswith=f"@{domain}").order_by("address").values_list("address", flat=True):
        if take.address_digest(address) in addresses:
            suppression.lift(address, note=note)


def _again(letters: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, [letters])
        mailings = {mailing for (mailing,) in cursor.fetchall()}
        number = int(cursor.rowcount)
    Mailing.objects.filter(pk__in=mailings).update(finished_at=None)
    return number


def render(reference: str, language: str, format: str) -> Draft:
    """The mail to the staff about the hold ``reference``."""
    hold = DomainHold.objects.get(pk=reference)
    return draft(lambda: _word(hold), language, format)


def _word(hold: DomainHold) -> Note:
    return Note(
        subject=_("A domain calls many of its addresses unknown: %(domain)s") % {"domain": hold.domain},
        paragraphs=(
            _(
                "Within an hour this domain refused many addresses that took our mail before. Its directory may be "
                "broken."
            ),
            _(
                "So no address was paused. The letters it refused directly are sent again, and the domain is left in "
                "peace while it goes on. For a day nothing it says about unknown addresses counts; after that it is "
                "believed again."
            ),
            _("Ask the provider if this lasts. If the addresses are really gone, nothing needs to be done."),
        ),
        facts=(
            (_("Domain"), hold.domain),
            (_("Addresses called unknown"), str(hold.addresses)),
            (_("Letters sent again"), str(hold.letters)),
            (_("Not believed until"), datetime_zone(hold.until)),
        ),
        button=_("See deliverability"),
        link=page("/console/deliverability/"),
        replies_unread=False,
        foot=_("You receive this email because this address is that of the staff on duty."),
        sender=settings.MAIL_FROM_NOTICES,
    )
