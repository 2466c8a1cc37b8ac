"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`)."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from madoguchi.accounts.export import letters_to, register
from madoguchi.accounts.models import Account
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, WebhookCall
from madoguchi.notices.webhooks import url_of


def subscriptions(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    fields = ("service__slug", "work", "trouble", "only_my_contracts", "regions", "created_at")
    return [
        {name.partition("__")[0]: value for name, value in row.items()}
        for row in account.subscriptions.order_by("created_at").values(*fields)
    ]


def destinations(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    return [_destination(destination) for destination in account.destinations.order_by("slot", "pk")]


def _destination(destination: Destination) -> dict[str, Any]:
    return {
        "slot": destination.slot,
        "address": destination.address,
        "device": destination.device,
        "state": destination.state,
        # 0 is Sunday; hour 9 is 9:00 to 9:59, in the zone of the ID.
        "days": [day for day in range(ALL_DAYS.bit_length()) if destination.days >> day & 1],
        "hours": [hour for hour in range(ALL_HOURS.bit_length()) if destination.hours >> hour & 1],
        "outside_of_them": destination.outside,
        "critical_always": destination.critical_always,
        "with_calendar": destination.with_calendar,
        "verified_at": destination.verified_at,
    }


def destination_changes(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    return [
        {
            "slot": row.slot,
            "address": row.address,
            "asked_at": row.created_at,
            "ended_at": row.ended_at,
            "end": row.end,
        }
        for row in account.destination_changes.order_by("created_at")
    ]


def opt_outs(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    rows = account.opt_outs.select_related("service").order_by("created_at")
    return [
        {
            "address": row.address,
            "service": row.service.slug,
            "kind": row.kind,
            "at": row.created_at,
            "undone_at": row.undone_at,
        }
        for row in rows
    ]


def letters(_request: HttpRequest, account: Account) -> Iterator[dict[str, Any]]:
    return letters_to([f"destination:{pk}" for pk in account.destinations.values_list("pk", flat=True)])


def webhooks_of(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "address": url_of(row),
            "work": row.work,
            "trouble": row.trouble,
            "created_at": row.created_at,
            "stopped_at": row.stopped_at,
        }
        for row in account.webhooks.order_by("pk")
    ]


def webhook_calls(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    rows = WebhookCall.objects.filter(webhook__account=account).order_by("created_at")
    fields = ("event", "body", "state", "tries", "created_at", "tried_at", "status")
    return [
        {"webhook": row.webhook.name, **{name: getattr(row, name) for name in fields}}
        for row in rows.select_related("webhook")
    ]


register("subscriptions", subscriptions)
register("delivery_addresses", destinations)
register("delivery_address_changes", destination_changes)
register("opt_outs", opt_outs)
register("webhooks", webhooks_of)
register("webhook_calls", webhook_calls)
register("notices_by_mail", letters)
