"""``/console/tariffs/``: versions of the tariff, what goes with them by date, and asking them (docs/tariffs.md)."""
