"""What a gateway told us, and that it told it once."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone

from madoguchi.lib.tokens import digest


class SeenCallback(models.Model):
    """A signed callback of a telephone gateway that came once and does not count again."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"seen callback {self.pk}"

    @classmethod
    def first(cls, signature: str) -> bool:
        """Whether ``signature`` comes for the first time. Of two at the same moment one waits and is told no."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {cls._meta.db_table} (digest, at) VALUES (%s, %s) ON CONFLICT DO NOTHING",  # noqa: S608
                [digest(signature), timezone.now()],
            )
            return bool(cursor.rowcount == 1)

    @classmethod
    def forget(cls) -> int:
        """Drop those too old to be believed a second time; return how many."""
        return cls.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()[0]
