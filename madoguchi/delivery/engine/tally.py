"""How many letters ended at a relay, by domain: what a crowd of unknown addresses is measured by (returns.guard)."""

from collections import defaultdict

from madoguchi.delivery.engine.link import Link

# Domains with fewer letters than these wait until there are more; with too many such, they are forgotten.
_FEW, _MOST_DOMAINS = 10, 20_000

# In one order, so that two workers never wait for each other.
_ADD = """
INSERT INTO delivery_domaincount AS old (begin, domain, accepted, refused)
SELECT date_bin('10 minutes', now(), 'epoch'), * FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS n (name, a, r)
ORDER BY name
ON CONFLICT (domain, begin) DO UPDATE
SET accepted = old.accepted + EXCLUDED.accepted, refused = old.refused + EXCLUDED.refused
"""


class Tally:
    """Counts in memory, and adds to the rows every few seconds."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])

    def accepted(self, address: str) -> None:
        self._counts[address.rpartition("@")[2]][0] += 1

    def refused(self, address: str) -> None:
        self._counts[address.rpartition("@")[2]][1] += 1

    async def tell(self, link: Link, *, few: int = _FEW) -> None:
        """Raises :class:`psycopg.OperationalError`; what could not be told is forgotten then.

        Domains with fewer than ``few`` letters wait: 0 tells of all, when there is no later.
        """
        rows: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for domain in [domain for domain, counts in self._counts.items() if sum(counts) >= few]:
            accepted, refused = self._counts.pop(domain)
            rows[domain.lower()][0] += accepted  # in capitals it is the same one
            rows[domain.lower()][1] += refused
        if len(self._counts) > _MOST_DOMAINS:
            self._counts.clear()
        if rows:
            columns = [list(rows), [counts[0] for counts in rows.values()], [counts[1] for counts in rows.values()]]
            await (await link.get()).execute(_ADD, columns)
