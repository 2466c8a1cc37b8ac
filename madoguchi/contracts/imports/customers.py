"""A batch of customers: known by their numbers."""

from collections.abc import Sequence

from madoguchi.contracts.models import Customer

from .stock import Cells, Done, Stock, Wrong, each


def take(batch: Sequence[Cells]) -> list[Done | Wrong]:
    """Store the good rows; what becomes of each, in their order."""
    numbers = {cells["customer_number"] for cells in batch}
    stock = Stock(Customer, ((row.number, row) for row in Customer.objects.filter(number__in=numbers)))

    def put(cells: Cells) -> Done:
        number = cells["customer_number"]
        return stock.put(number, {"number": number}, {"name": cells["name"], "name_kana": cells["name_kana"] or ""})

    said = each(batch, put)
    stock.write(["name", "name_kana"])
    return said
