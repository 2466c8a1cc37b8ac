"""Who goes next when groups of addresses have limits."""

from madoguchi.delivery.engine.outbox import Claimed
from madoguchi.delivery.engine.pacing import Limit
from madoguchi.delivery.engine.waiting import Waiting
from madoguchi.lib.lanes import Lane


def letter(number: int, domain: str, mailing: int = 1) -> Claimed:
    return Claimed(
        number, mailing, "test.notice", "1", 2, 3600.0, None, 1, "ja", "full", f"a{number}@{domain}", {}, None
    )


class Queue:
    def __init__(self, room: int = 100, **limits: Limit) -> None:
        self.later: list[tuple[int, float]] = []
        self.waiting = Waiting(limits, room=room, too_many=lambda one, wait: self.later.append((one.id, wait)))

    def put(self, *letters: Claimed, lane: Lane = Lane.WORK) -> None:
        for one in letters:
            self.waiting.put(lane, one, None)  # type: ignore[arg-type]

    def go(self, now: float, lane: Lane = Lane.WORK) -> int | None:
        one = self.waiting.next(lane, now)
        if one is None:
            return None
        self.waiting.begun(one[0], now)
        return one[0].id


def test_a_group_at_its_rate_lets_the_others_pass_and_goes_when_its_time_comes():
    queue = Queue(docomo=Limit(rate=10))
    queue.put(*(letter(n, "docomo.ne.jp") for n in range(3)), letter(10, "example.jp"), letter(11, "example.jp"))
    assert [queue.go(5.0) for _ in range(4)] == [0, 10, 11, None]
    assert round(queue.waiting.soonest(5.0), 6) == 0.1
    assert [queue.go(5.1), queue.go(5.1), queue.go(5.2)] == [1, None, 2]


def test_a_group_has_so_many_on_the_way_and_no_more():
    queue = Queue(docomo=Limit(connections=2))
    letters = [letter(n, "docomo.ne.jp") for n in range(3)]
    queue.put(*letters)
    assert [queue.go(1.0) for _ in range(3)] == [0, 1, None]
    assert queue.waiting.soonest(1.0) == float("inf")
    assert queue.waiting.done(letters[0]), "somebody waits for the place"
    assert queue.go(1.0) == 2


def test_a_code_never_stands_aside():
    queue = Queue(docomo=Limit(rate=1, connections=1))
    queue.put(letter(0, "docomo.ne.jp"))
    queue.put(*(letter(n, "docomo.ne.jp") for n in (1, 2)), lane=Lane.CODES)
    assert [queue.go(1.0), queue.go(1.0, Lane.CODES), queue.go(1.0, Lane.CODES)] == [0, 1, 2]


def test_what_has_no_room_aside_is_sent_away_each_for_a_time_of_its_own():
    queue = Queue(room=2, docomo=Limit(rate=10))
    queue.put(*(letter(n, "docomo.ne.jp") for n in range(6)))
    assert [queue.go(5.0), queue.go(5.0)] == [0, None]
    assert queue.waiting.count([Lane.WORK]) == 2
    assert [(number, round(wait, 3)) for number, wait in queue.later] == [(3, 0.3), (4, 0.4), (5, 0.5)]


def test_letters_of_a_mailing_are_taken_out_wherever_they_stand():
    queue = Queue(docomo=Limit(connections=1))
    queue.put(
        letter(0, "docomo.ne.jp", 1), letter(1, "docomo.ne.jp", 2), letter(2, "docomo.ne.jp", 1), letter(3, "x.jp", 1)
    )
    assert queue.go(1.0) == 0
    assert queue.go(1.0) == 3
    queue.put(letter(4, "x.jp", 2))
    assert sorted(one.id for one in queue.waiting.take_out([2])) == [1, 4]
    assert [one.id for one in queue.waiting.take_out()] == [2]
    assert queue.waiting.count(list(Lane)) == 0
