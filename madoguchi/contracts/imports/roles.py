"""A batch of roles: what IDs see of customers' contracts."""

from collections.abc import Sequence

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, Customer, CustomerLink

from .stock import Cells, Done, Stock, Wrong, each

Key = tuple[int, int]  # account and customer
_Names = CustomerLink.contracts.through


def take(batch: Sequence[Cells]) -> list[Done | Wrong]:
    """Store the good rows; what becomes of each, in their order."""
    roles = _Roles(batch)
    said = each(batch, roles.put)
    roles.write()
    return said


class _Roles:
    def __init__(self, batch: Sequence[Cells]) -> None:
        addresses = {cells["email"] for cells in batch}
        self.accounts = dict(Account.objects.filter(email__in=addresses).values_list("email", "pk"))
        numbers = {cells["customer_number"] for cells in batch}
        self.customers = dict(Customer.objects.filter(number__in=numbers).values_list("number", "pk"))
        named = {number for cells in batch for number in cells["contract_numbers"] or ()}
        contracts = Contract.objects.filter(number__in=named).values_list("customer_id", "number", "pk")
        self.contracts = {(customer, number): pk for customer, number, pk in contracts}
        links = CustomerLink.objects.filter(
            account__in=self.accounts.values(), customer__in=self.customers.values()
        ).prefetch_related("contracts")
        self.stock = Stock(CustomerLink, (((row.account_id, row.customer_id), row) for row in links))
        self.before = {key: {row.pk for row in link.contracts.all()} for key, link in self.stock.known.items()}
        self.after = dict(self.before)

    def put(self, cells: Cells) -> Done:
        account = self.accounts.get(cells["email"])
        if account is None:
            raise Wrong("email", "unknown_id")
        customer = self.customers.get(cells["customer_number"])
        if customer is None:
            raise Wrong("customer_number", "unknown_customer", cells["customer_number"])
        shown = self._shown(cells, customer)
        key = (account, customer)
        done = self.stock.put(key, {"account_id": account, "customer_id": customer}, {"role": cells["role"]})
        if done == "same" and shown != self.after[key]:
            done = "changed"
        self.after[key] = shown
        return done

    def _shown(self, cells: Cells, customer: int) -> set[int]:
        named = set(cells["contract_numbers"] or ())
        if missing := {number for number in named if (customer, number) not in self.contracts}:
            raise Wrong("contract_numbers", "not_of_customer", min(missing))
        if (cells["role"] == CustomerLink.Role.COLLEAGUE) != bool(named):
            raise Wrong("contract_numbers", "colleague_needs_contracts" if not named else "holder_needs_none")
        return {self.contracts[customer, number] for number in named}

    def write(self) -> None:
        self.stock.write(["role"])
        gone, new = [], []
        for key, shown in self.after.items():
            link, before = self.stock.known[key], self.before.get(key, set())
            gone += [(link.pk, contract) for contract in before - shown]
            new += [_Names(customerlink_id=link.pk, contract_id=contract) for contract in sorted(shown - before)]
        for link_id in {link for link, _contract in gone}:
            _Names.objects.filter(
                customerlink_id=link_id, contract_id__in=[contract for link, contract in gone if link == link_id]
            ).delete()
        _Names.objects.bulk_create(new)
