"""A batch of telephone numbers: each with one contract at a time."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from madoguchi.contracts.models import Contract, TelephoneNumber

from .stock import Cells, Done, Stock, Wrong, each, in_order

Key = tuple[str, int, date]  # number, contract, first day


def take(batch: Sequence[Cells]) -> list[Done | Wrong]:
    """Store the good rows; what becomes of each, in their order."""
    named = {cells["contract_number"] for cells in batch}
    contracts = dict(Contract.objects.filter(number__in=named).values_list("number", "pk"))
    stored = TelephoneNumber.objects.filter(number__in={cells["number"] for cells in batch})
    held = _Held(stored.order_by("started_on", "pk"))

    def put(cells: Cells) -> Done:
        if (contract := contracts.get(cells["contract_number"])) is None:
            raise Wrong("contract_number", "unknown_contract", cells["contract_number"])
        in_order(cells)
        return held.put(cells, contract)

    said = each(batch, put)
    held.stock.write(["ended_on"])
    return said


class _Held:
    """Who has each number when, the earliest first."""

    def __init__(self, rows: Iterable[TelephoneNumber]) -> None:
        self.stock = Stock(TelephoneNumber, ((_key(row), row) for row in rows))
        self.times: dict[str, list[TelephoneNumber]] = defaultdict(list)
        for row in self.stock.known.values():
            self.times[row.number].append(row)

    def put(self, cells: Cells, contract: int) -> Done:
        """Held from a day on, a number is over with the contract that had it before."""
        begin: date = cells["started_on"]
        end: date | None = cells["ended_on"]
        key: Key = (cells["number"], contract, begin)
        times = self.times[cells["number"]]
        later = next((row for row in times if row.started_on > begin), None)
        if key not in self.stock.known:
            self._make_room(times, begin, end)
        elif end and later and later.started_on <= end:
            raise Wrong("ended_on", "held_later", str(end))
        elif end is None and later:
            return "same"  # another contract has it since, and so its end is known
        found_by = {"number": cells["number"], "contract_id": contract, "started_on": begin}
        new = key not in self.stock.known
        done = self.stock.put(key, found_by, {"ended_on": end})
        if new:
            insort(times, self.stock.known[key], key=lambda row: row.started_on)
        return done

    def _make_room(self, times: list[TelephoneNumber], begin: date, end: date | None) -> None:
        from_then_on = next((row for row in times if row.started_on >= begin), None)
        if from_then_on and (end is None or from_then_on.started_on <= end):
            raise Wrong("started_on", "held_later", str(begin))
        before = next((row for row in reversed(times) if row.started_on < begin), None)
        if before and before.ended_on is None:
            self.stock.put(_key(before), {}, {"ended_on": begin - timedelta(days=1)})
        elif before and before.ended_on and before.ended_on >= begin:
            raise Wrong("started_on", "held_before", str(begin))


def _key(row: TelephoneNumber) -> Key:
    return row.number, row.contract_id, row.started_on
