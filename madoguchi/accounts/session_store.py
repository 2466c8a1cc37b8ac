"""Sessions in the database, written once at a login instead of twice."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string


class SessionStore(db.SessionStore):
    def cycle_key(self) -> None:
        """A new key for a session that has one. One never stored has none that anybody could know; it gets one then."""
        if self.session_key is None:
            self.modified = True
        else:
            super().cycle_key()

    def _get_new_session_key(self) -> str:
        """Drawn from 32 letters and digits; should it ever exist already, storing it fails and another one is drawn."""
        return get_random_string(32, VALID_KEY_CHARS)
