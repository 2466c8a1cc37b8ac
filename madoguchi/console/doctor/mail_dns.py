"""What the DNS says about the domains mail comes from: whether others may believe, answer and return it."""

from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.console.doctor import relay
from madoguchi.console.doctor.finding import Finding, bad, good, warning
from madoguchi.console.doctor.names import Names, Unanswered
from madoguchi.console.doctor.spf import Spf, SpfFault
from madoguchi.delivery import dkim


def look() -> Iterator[Finding]:
    if settings.DEMO and not settings.DNS_SERVERS and settings.OPERATOR["domain"].endswith(".example"):
        yield good(_("Not asked: the domains of the demo are made up, and its mail reaches nobody."))
        return
    names = Names()
    try:
        for domain in sender_domains():
            # Servers ask the envelope's domain, which is the return path's where there is one.
            if not settings.RETURN_DOMAIN:
                yield from _spf(names, domain)
            yield from _aligned(domain)
            yield from _dmarc(names, domain)
            yield from _replies(names, domain)
        yield from _signatures(names)
        if settings.RETURN_DOMAIN:
            yield from _spf(names, settings.RETURN_DOMAIN)
            yield from _returns(names, settings.RETURN_DOMAIN)
        yield from _reverse(names)
    except Unanswered:
        yield bad(
            _("The DNS servers do not answer."),
            _("Check /etc/resolv.conf, or name servers that answer in MADOGUCHI_DNS."),
        )


def sender_domains() -> list[str]:
    senders = (settings.MAIL_FROM_NOTICES, settings.MAIL_FROM_ID, settings.MAIL_FROM_SUPPORT)
    return sorted({sender.rpartition("@")[2].lower() for sender in senders})


def _spf(names: Names, domain: str) -> Iterator[Finding]:
    at = {"domain": domain}
    add = _("Publish a TXT record at %(domain)s such as: v=spf1 mx include:your-relay.example -all") % at
    try:
        found = Spf.of(names, domain)
    except SpfFault as fault:
        said = {"domain": domain, "fault": fault.said}
        yield bad(_("SPF of %(domain)s is not valid: %(fault)s") % said, _("Correct the record: servers ignore it."))
        return
    if found is None:
        yield bad(_("%(domain)s has no SPF record.") % at, add)
    elif found.rest == "+":
        yield bad(
            _("SPF of %(domain)s allows everybody to send in its name.") % at,
            _("End the record with -all (or ~all while you try it)."),
        )
    elif found.rest == "?":
        yield warning(
            _("SPF of %(domain)s says nothing about servers it does not list.") % at,
            _("End the record with -all (or ~all while you try it)."),
        )
    else:
        yield good(_("SPF of %(domain)s is there. Make sure that it lists the servers your relay sends from.") % at)


def _aligned(domain: str) -> Iterator[Finding]:
    """For DMARC the signing domain must be the sender's or above it (RFC 7489, 3.1.1, relaxed)."""
    if settings.DKIM_DOMAIN not in _upwards(domain):
        yield bad(
            _("Mail from %(domain)s is signed by %(signer)s, which proves nothing about it.")
            % {"domain": domain, "signer": settings.DKIM_DOMAIN},
            _("Set MADOGUCHI_DKIM_DOMAIN to the domain of the senders, or one above it."),
        )


def _signatures(names: Names) -> Iterator[Finding]:
    """The published keys; those we sign with ourselves must be the ones published."""
    if not settings.DKIM_KEYS and not settings.DKIM_SELECTOR:
        yield warning(
            _("Which DKIM key signs your mail is not known here."),
            _("Name its selector in MADOGUCHI_DKIM_SELECTOR, also when the relay signs, and it is looked up."),
        )
        return
    try:
        ours = {key.selector: key.public for key in dkim.configured()}
    except (OSError, dkim.WrongKey):
        yield bad(
            _("A DKIM key of MADOGUCHI_DKIM_KEYS cannot be read."),
            _("Check the paths, and that the user who runs Madoguchi may read the files."),
        )
        return
    for selector in ours or {settings.DKIM_SELECTOR: ""}:
        yield _signature(names, f"{selector}._domainkey.{settings.DKIM_DOMAIN}", ours.get(selector, ""))


def _signature(names: Names, name: str, ours: str) -> Finding:
    at = {"name": name}
    keys = [record["p"] for record in map(_tags, names.texts(name)) if "p" in record]
    if not keys:
        remedy = _("Publish the public key there as: v=DKIM1; k=rsa; p=…")
        return bad(_("There is no DKIM key at %(name)s.") % at, remedy)
    if len(keys) > 1:
        return bad(_("There are several DKIM keys at %(name)s.") % at, _("Leave the one that signs."))
    if not keys[0]:
        return bad(_("The DKIM key at %(name)s is revoked.") % at, _("Publish the one that signs."))
    if ours and keys[0] != ours:
        said = _("The DKIM key at %(name)s is not the one this site signs with.") % at
        return bad(said, _("Publish the one that signs."))
    return good(_("The DKIM key at %(name)s is there.") % at)


def _dmarc(names: Names, domain: str) -> Iterator[Finding]:
    at = {"domain": domain}
    # The nearest domain above that says something counts for those below it.
    for parent in _upwards(domain):
        records = [text for text in names.texts(f"_dmarc.{parent}") if text.startswith("v=DMARC1")]
        if records:
            break
    add = _("Publish a TXT record at _dmarc.%(domain)s: v=DMARC1; p=none; rua=mailto:… and tighten p later.") % at
    if not records:
        yield bad(_("%(domain)s has no DMARC record; large mailbox providers refuse or hide such mail.") % at, add)
    elif len(records) > 1:
        yield bad(_("%(domain)s has several DMARC records, so none counts.") % at, _("Leave one."))
    else:
        tags = _tags(records[0])
        if tags.get("p", "") not in {"none", "quarantine", "reject"}:
            yield bad(_("The DMARC record of %(domain)s has no policy.") % at, _("Say p=none, quarantine or reject."))
        elif tags["p"] == "none":
            yield warning(
                _("DMARC of %(domain)s only watches (p=none): mail in your name by others is delivered.") % at,
                _("Once the reports show only your own servers, say p=quarantine, then p=reject."),
            )
        else:
            yield good(_("DMARC of %(domain)s is there (p=%(policy)s).") % {**at, "policy": tags["p"]})


def _replies(names: Names, domain: str) -> Iterator[Finding]:
    at = {"domain": domain}
    servers = names.mail_servers(domain)
    if servers == [""]:
        yield bad(
            _("%(domain)s says that it takes no mail (null MX), while mail comes from it.") % at,
            _("Let an MX record lead to a server that takes mail for the sender addresses."),
        )
    elif servers or names.addresses(domain):
        yield good(_("Replies to %(domain)s have a server to go to.") % at)
    else:
        yield bad(
            _("%(domain)s has neither MX nor address: replies come back, and many servers refuse its mail.") % at,
            _("Publish an MX record."),
        )


def _returns(names: Names, domain: str) -> Iterator[Finding]:
    at = {"domain": domain}
    servers = names.mail_servers(domain)
    dead = [server for server in servers if not server or not names.addresses(server)]
    if not servers or len(dead) == len(servers):
        yield bad(
            _("Bounces to %(domain)s find no server.") % at,
            _("Publish an MX record that leads to the server which hands bounces to MADOGUCHI_RETURN_LISTEN."),
        )
    else:
        yield good(_("Bounces to %(domain)s have a server to go to.") % at)


def _reverse(names: Names) -> Iterator[Finding]:
    """Of relays with a public address; behind a private one the sending address is not ours to know."""
    for host in relay.hosts():
        for address in _public(names, host):
            known = names.of_address(address)
            at = {"address": address}
            if not known:
                yield warning(
                    _("The relay's address %(address)s has no name (PTR).") % at,
                    _("Ask whoever gave you the address for a reverse record; servers distrust senders without."),
                )
            elif not any(address in names.addresses(name) for name in known):
                yield warning(
                    _("The name of the relay's address %(address)s does not lead back to it.") % at,
                    _("Give that name an A or AAAA record with the address."),
                )
            else:
                yield good(_("The relay's address %(address)s has a name that leads back to it.") % at)


def _public(names: Names, host: str) -> list[str]:
    try:
        found = [str(ip_address(host))]
    except ValueError:
        found = [] if host == "localhost" else names.addresses(host)
    return [address for address in found if ip_address(address).is_global]


def _tags(record: str) -> dict[str, str]:
    """``a=1; b=2`` as DKIM and DMARC write it."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip(): "".join(value.split()) for name, _equals, value in pairs}


def _upwards(domain: str) -> list[str]:
    """``a.b.example`` → itself, ``b.example``; never a top level alone."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(len(labels) - 1)]
