"""How far an import is, told while its one transaction runs."""

from django.db import connection
from django.utils import timezone

from madoguchi.lib.beside import Beside

_BEGIN = """
UPDATE statements_importrun
SET state = %s, tries = tries + 1, bytes_read = 0, records_read = 0, told_at = %s WHERE id = %s
"""
_TELL = "UPDATE statements_importrun SET bytes_read = %s, records_read = %s, told_at = %s WHERE id = %s"

# Its worker holds the lock of the run (work.py) and stands before another one, which an import, a closing or a change
# of tariffs has. Locks are listed by their two numbers, without a sign.
_STANDS = """
SELECT EXISTS (
    SELECT FROM pg_locks AS of_run JOIN pg_locks AS awaited USING (pid)
    WHERE of_run.locktype = 'advisory' AND of_run.granted AND of_run.database = awaited.database
      AND of_run.classid::bigint = hashtext('statements_importrun')::bigint & 4294967295 AND of_run.objid::bigint = %s
      AND awaited.locktype = 'advisory' AND NOT awaited.granted
)
"""


def stands(run_id: int) -> bool:
    """Whether a worker has the run and waits for something else to end first, as for an import by the command."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, [run_id])
        return bool(cursor.fetchone()[0])


class Progress(Beside):
    """Of one run; used by the thread that reads the file alone."""

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self.run_id = run_id

    def begin(self, state: str) -> None:
        """Say that a worker has the run; before anything of its transaction can be seen."""
        self.execute(_BEGIN, state, timezone.now(), self.run_id)

    def tell(self, *, records: int, at: int) -> None:
        """``at``: bytes of the file read. At most once a second."""
        if self.is_time():
            self.execute(_TELL, at, records, timezone.now(), self.run_id)
