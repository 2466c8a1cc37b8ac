"""What a request for a statement asks for: the page and every download read it here, so that they show the same."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts.events import record
from madoguchi.accounts.models import AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.statements.reading.choice import Choice
from madoguchi.statements.reading.hiding import hidden_from
from madoguchi.statements.statement import Statement, months_shown, statement_of
from madoguchi.statements.usage import registry
from madoguchi.statements.usage.declared import Look
from madoguchi.support.charges import remembered
from madoguchi.support.charges.forms import LinesForm, MonthForm
from madoguchi.support.charges.statement_kinds import StatementKind


@dataclass(frozen=True)
class Asked:
    """A month of a statement that is open, and which of its lines."""

    contract: Contract
    kind: StatementKind
    statement: Statement
    look: Look
    lines_form: LinesForm
    choice: Choice
    hidden: Q | None

    @property
    def month(self) -> date:
        return self.statement.month

    @property
    def all_lines(self) -> QuerySet:
        lines = self.kind.records.lines(self.contract, self.month)
        return lines if self.hidden is None else lines.exclude(self.hidden)

    @property
    def lines(self) -> QuerySet:
        return self.choice.of(self.all_lines, self.kind.records, self.look)


@dataclass(frozen=True)
class Unanswerable:
    """``form``: with what is wrong in it. ``opens_on``: nothing is wrong, the month's statement opens then."""

    form: Form | None = None
    month: date | None = None
    opens_on: date | None = None


def month_form(request: HttpRequest) -> MonthForm:
    return MonthForm(request.GET.get("month"), months=months_shown(timezone.localdate()))


def asked(request: HttpRequest, contract: Contract, kind: StatementKind, *, purpose: str) -> Asked | Unanswerable:
    """What is asked for; noted in the ledger as a look at the month's records. ``purpose``: a word for the ledger."""
    form = month_form(request)
    if form.errors:
        return Unanswerable(form)
    month, today = form.chosen(), timezone.localdate()
    if not registry.is_open(contract.usage_kind, month, today=today):
        return Unanswerable(month=month, opens_on=registry.opens_on(contract.usage_kind, month))
    numbers = list(contract.telephone_numbers.all())
    look = Look(
        whole_numbers=remembered.whole_numbers(request, contract),
        several_numbers=len({number.number for number in numbers}) > 1,
        unsaid=kind.records.unsaid(kind.records.lines(contract, month)),
    )
    hidden = hidden_from(account_of(request), contract)
    statement = statement_of(contract, month, today=today, hidden=hidden)
    own = {str(number.pk): number.number for number in numbers if number.number in statement.calls.numbers}
    lines_form = LinesForm(
        request.GET, kind=kind.records, month=month, look=look, classes=statement.calls.classes, own=own
    )
    if lines_form.errors:
        return Unanswerable(lines_form, month=month)
    note(request, contract, f"{month:%Y-%m} {kind.records.code} {purpose}")
    choice = lines_form.choice(digits=remembered.digits(request, contract))
    return Asked(contract, kind, statement, look, lines_form, choice, hidden)


def note(request: HttpRequest, contract: Contract, detail: str) -> None:
    """Every look at call records is in the ledger, whatever is then shown."""
    record(
        *(request, account_of(request), AuthEvent.Method.CALL_RECORDS),
        succeeded=True,
        contract_number=contract.number,
        detail=detail,
    )
