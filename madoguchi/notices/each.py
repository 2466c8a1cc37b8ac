"""Do something for each of many, so that one that fails does not keep the others waiting."""

from collections.abc import Callable, Iterable


def each(keys: Iterable[int], act: Callable[[int], bool]) -> int:
    """Call ``act`` with every key and return how often it said yes; what was raised is raised together at the end."""
    done, failures = 0, []
    for key in keys:
        try:
            done += act(key)
        except Exception as failure:  # noqa: BLE001 - told below, when the others had their turn
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some of them failed", failures)
    return done
