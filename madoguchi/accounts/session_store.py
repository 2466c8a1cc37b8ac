"""Sessions in the database, each written with one statement, and once at a login."""

import secrets
from typing import Any, cast

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection


class SessionStore(db.SessionStore):
    # What was written last in this request, and under which key.
    _written: tuple[str, bytes] | None = None

    def save(self, must_create: bool = False) -> None:
        """Write what has changed since the last time; a login writes within its own transaction, not again after it."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django's, not in its stubs
        if self._written == (self.session_key, self._bytes(data)):
            return
        row = self.create_model_instance(data)
        if must_create:
            with connection.cursor() as cursor:
                cursor.execute(_INSERT, (row.session_key, row.session_data, row.expire_date))
                made = cursor.rowcount
        else:
            made = self.model.objects.filter(session_key=row.session_key).update(
                session_data=row.session_data, expire_date=row.expire_date
            )
        if not made:
            raise CreateError if must_create else UpdateError
        self._written = row.session_key, self._bytes(data)

    def first_row(self) -> Session:
        """The row of a session that was never stored, under a key of its own, for the caller to write with others."""
        self._session_key = self._get_new_session_key()
        data = self._get_session(no_load=True)  # type: ignore[attr-defined]  # as above
        self._written = self._session_key, self._bytes(data)
        return cast(Session, self.create_model_instance(data))

    def cycle_key(self) -> None:
        """A new key for a session that has one. One never stored has none that anybody could know; it gets one then."""
        if self.session_key is None:
            self.modified = True
        else:
            super().cycle_key()

    def _bytes(self, data: dict[str, Any]) -> bytes:
        return bytes(self.serializer().dumps(data))

    def _get_new_session_key(self) -> str:
        """160 random bits; should it ever exist already, storing it fails and another one is drawn."""
        return secrets.token_hex(20)


_INSERT = """
    INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s)
    ON CONFLICT (session_key) DO NOTHING
"""
