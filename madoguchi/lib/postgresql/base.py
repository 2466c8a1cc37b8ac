"""Django's PostgreSQL backend, which looks at a kept connection before a request instead of asking the server.

The name of the module is the one Django looks for.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server is still there.

        A connection nobody uses is silent: what a server says to one is that it goes, and a server that has gone has
        closed it. Neither takes a question and an answer to be seen. In the middle of something it is asked as ever.
        """
        if self.connection is None or self.in_atomic_block or self.errors_occurred:
            return bool(super().is_usable())
        if self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0)
