"""What the customer ID leaves to the worker."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from madoguchi.accounts import change_address, forgotten, history, limits, register
from madoguchi.accounts.models import SignIn
from madoguchi.lib.lanes import Lane


@app.task(name=forgotten.JOB, priority=Lane.CODES.priority)
def answer_forgotten(*, reset_id: int) -> None:
    """Send somebody who forgot the password the mail that fits."""
    forgotten.answer(reset_id)


@app.periodic(cron="37 * * * *")
@app.task(name="accounts.purge_resets", priority=Lane.REST.priority)
def purge_resets(timestamp: int) -> None:
    """Every hour: end the links for forgotten passwords whose time is over."""
    forgotten.purge(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.purge_registrations", priority=Lane.REST.priority)
def purge_registrations(timestamp: int) -> None:
    """Every hour: forget registrations nobody finished."""
    register.purge(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="47 3 * * *")
@app.task(name="accounts.forget_tries", priority=Lane.REST.priority)
def forget_tries(timestamp: int) -> None:
    """Every night: drop the buckets that have long been empty."""
    limits.forget(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="7 4 * * *")
@app.task(name="accounts.clear_sessions", priority=Lane.REST.priority)
def clear_sessions(timestamp: int) -> None:
    """Every night: drop the sessions that have ended by themselves."""
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()


@app.periodic(cron="27 * * * *")
@app.task(name="accounts.settle_sign_ins", priority=Lane.REST.priority)
def settle_sign_ins(timestamp: int) -> None:
    """Every hour: write down which sign-ins time has ended; they let nobody in since then."""
    SignIn.objects.settle(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="37 * * * *")
@app.task(name="accounts.purge_address_changes", priority=Lane.REST.priority)
def purge_address_changes(timestamp: int) -> None:
    """Every hour: forget new addresses nobody confirmed."""
    change_address.purge(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="17 4 * * *")
@app.task(name="accounts.forget_history", priority=Lane.REST.priority)
def forget_history(timestamp: int) -> None:
    """Every night: delete what the ledger has known for longer than 13 months."""
    history.forget(now=datetime.fromtimestamp(timestamp, UTC))
