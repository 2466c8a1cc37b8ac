"""The engine that sends letters; ``docs/delivery.md`` describes it.

``outbox`` speaks to the database and ``smtp`` to the relay; ``retry`` and ``pacing`` are the rules, without either;
``journal`` survives the process; ``engine`` joins them.
"""
