"""Usage records, tariffs, discounts, bills."""
