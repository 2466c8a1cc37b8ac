"""The links of the ID's mails: each works once, for a while, and a dead one says why."""


class LinkDead(Exception):
    """The link no longer works, or never did; ``why`` is the end its row came to, or empty where it is unknown."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
