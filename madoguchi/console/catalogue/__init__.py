"""``/console/services/`` and ``/console/categories/``: what the operator offers, in versions."""
