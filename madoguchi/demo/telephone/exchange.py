"""What becomes of a message or call in the demo: it arrives or not, as the phone's fault says, and the site is told
with the gateway's signature, now and later."""

import heapq
import itertools
import threading
import time
from dataclasses import dataclass, field

import httpx

from madoguchi.demo.telephone.faults import Step, course
from madoguchi.demo.telephone.shapes import Asked, Report, Shape
from madoguchi.demo.telephone.store import Store

_TRIES = 3


@dataclass
class Exchange:
    """``site`` is the only place that is ever called back; ``pace`` stretches every wait, 0 leaves them out."""

    store: Store
    site: str
    pace: float = 1
    _due: list[tuple[float, int, Asked, Shape, Step]] = field(default_factory=list)
    _count: itertools.count = field(default_factory=itertools.count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _open: bool = True

    def take(self, asked: Asked, shape: Shape) -> None:
        """Let it take its course."""
        way = course(self.store.fault(asked.to), by_voice=asked.channel == "voice")
        if way.arrives is not None:
            self.store.add(
                channel=asked.channel,
                caller=asked.caller,
                number=asked.to,
                text=asked.text,
                language=asked.language,
                after=way.arrives * self.pace,
            )
        if not asked.callback.startswith(f"{self.site}/"):
            return
        with self._changed:
            for step in way.steps:
                at = time.monotonic() + step.after * self.pace
                heapq.heappush(self._due, (at, next(self._count), asked, shape, step))
            self._changed.notify()

    def tell(self) -> None:
        """Tell the site what is due, until :meth:`close`; runs in a thread of its own."""
        with httpx.Client(timeout=10, trust_env=False) as client:
            while (report := self._next()) is not None:
                _post(client, report)

    def close(self) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()

    def _next(self) -> Report | None:
        with self._changed:
            while self._open:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, asked, shape, step = heapq.heappop(self._due)
                    return shape.report(asked, step)  # signed now: a signature ages
                self._changed.wait(wait)
        return None


def _post(client: httpx.Client, report: Report) -> None:
    for turn in range(_TRIES):
        try:
            if client.post(report.url, content=report.body, headers=dict(report.headers)).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(turn)  # the site is being restarted, perhaps
