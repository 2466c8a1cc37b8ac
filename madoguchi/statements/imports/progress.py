"""How far an import is, told while its one transaction runs."""

from django.utils import timezone

from madoguchi.lib.beside import Beside

_BEGIN = """
UPDATE statements_importrun
SET state = %s, tries = tries + 1, bytes_read = 0, records_read = 0, told_at = %s WHERE id = %s
"""
_TELL = "UPDATE statements_importrun SET bytes_read = %s, records_read = %s, told_at = %s WHERE id = %s"


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
