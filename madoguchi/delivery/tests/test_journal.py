"""The journal: what a worker leaves behind when it dies, and what it does not."""

import os

from madoguchi.delivery.engine.journal import Journal, left_behind


def die(journal: Journal) -> None:
    """End as kill -9 does: the kernel closes the file and lets go of the lock, and nobody tidies up."""
    assert journal._file is not None
    os.close(journal._file)


def test_a_dead_workers_journal_says_what_was_accepted_and_what_is_free(tmp_path):
    journal = Journal(tmp_path, "db")
    journal.claimed([(1, 1), (2, 1), (3, 4), (4, 1), (5, 1)])
    journal.accepted(2)
    journal.accepted(3)
    journal.recorded([2])
    journal.returning([(4, 1)])
    die(journal)
    with left_behind(tmp_path, "db") as remains:
        assert remains.accepted == {2, 3}  # recorded once more does no harm
        assert remains.released == {(1, 1), (5, 1)}
    assert list(tmp_path.iterdir()) == []


def test_a_living_workers_journal_is_left_alone(tmp_path):
    journal = Journal(tmp_path, "db")
    journal.claimed([(1, 1)])
    with left_behind(tmp_path, "db") as remains:
        assert not remains.accepted
        assert not remains.released
    assert len(list(tmp_path.iterdir())) == 1
    journal.close()


def test_the_journal_of_another_database_is_left_alone(tmp_path):
    journal = Journal(tmp_path, "an older one")
    journal.claimed([(1, 1)])
    journal.accepted(1)
    die(journal)
    with left_behind(tmp_path, "db") as remains:
        assert not remains.accepted
    assert len(list(tmp_path.iterdir())) == 1


def test_a_journal_stays_when_recording_what_it_says_fails(tmp_path):
    journal = Journal(tmp_path, "db")
    journal.claimed([(1, 1)])
    die(journal)
    try:
        with left_behind(tmp_path, "db"):
            raise ConnectionError
    except ConnectionError:
        pass
    assert len(list(tmp_path.iterdir())) == 1


def test_it_is_emptied_when_everything_is_recorded_and_kept_short_meanwhile(tmp_path):
    journal = Journal(tmp_path, "db")
    (path,) = tmp_path.iterdir()
    journal.claimed([(7, 1)])
    for letter in range(1000, 200_000, 100):
        batch = range(letter, letter + 100)
        journal.claimed([(one, 1) for one in batch])
        for one in batch:
            journal.accepted(one)
        journal.recorded(batch)
        assert path.stat().st_size < 1.1 * (1 << 20)
    journal.accepted(7)
    journal.recorded([7])
    assert path.read_bytes() == b"db\n"
    journal.close()
    assert not path.exists()


def test_a_line_cut_short_by_the_kill_is_not_believed(tmp_path):
    journal = Journal(tmp_path, "db")
    journal.claimed([(12, 1), (1, 1)])
    assert journal._file is not None
    os.write(journal._file, b"A1")
    die(journal)
    with left_behind(tmp_path, "db") as remains:
        assert remains.accepted == set()
        assert remains.released == {(12, 1), (1, 1)}


def test_a_full_disk_breaks_no_line_and_is_made_up_for_later(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "db")
    journal.claimed([(1, 1), (23456, 1)])
    write, space = os.write, 3

    def full(file: int, data: bytes) -> int:
        return write(file, data[:space]) if data else 0

    monkeypatch.setattr(os, "write", full)
    journal.accepted(23456)
    assert not journal.intact
    journal.claimed([(3, 1)])
    journal.accepted(1)
    assert not journal.mend()
    monkeypatch.setattr(os, "write", write)
    assert journal.mend()
    die(journal)
    with left_behind(tmp_path, "db") as remains:
        assert remains.accepted == {1, 23456}
        assert remains.released == {(3, 1)}


def test_a_disk_that_is_full_from_the_beginning(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:1]))
    journal = Journal(tmp_path, "db")
    journal.claimed([(1, 1)])
    assert not journal.intact
    monkeypatch.setattr(os, "write", write)
    assert journal.mend()
    die(journal)
    with left_behind(tmp_path, "db") as remains:
        assert remains.released == {(1, 1)}
