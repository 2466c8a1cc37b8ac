"""How long mail has been waiting, for ``/readyz`` and whoever watches the site."""

from django.db import connection

# By mailing, so that each is one look into the index of waiting letters.
_OLDEST = """
SELECT extract(epoch FROM now() - min(first.due_at))::float8
FROM delivery_mailing m
CROSS JOIN LATERAL (
    SELECT l.due_at FROM delivery_letter l
    WHERE l.mailing_id = m.id AND l.state = 'queued' AND l.due_at <= now() AND l.leased_until IS NULL
    ORDER BY l.due_at LIMIT 1
) AS first
WHERE m.state = 'open' AND m.finished_at IS NULL
"""


def age() -> int:
    """Seconds since the oldest letter that nobody has taken yet became due; 0 when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        (seconds,) = cursor.fetchone() or (None,)
    return round(seconds or 0)


def check() -> tuple[bool, int]:
    """The age, for ``/readyz``. Never unwell: a site without its worker still has pages to show."""
    return True, age()
