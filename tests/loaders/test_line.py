"""Two workers in a row: in order, bounded, and what goes wrong in them is told."""

import threading
import time

import pytest

from loaders.line import UNDER_WAY, Line


def test_work_goes_through_both_workers_in_order():
    done: list[int] = []
    line = Line[int, int](lambda item: item * 2, done.append)
    for item in range(20):
        line.put(item)
    line.finish()
    line.close()
    assert done == [item * 2 for item in range(20)]


def test_only_a_little_is_under_way():
    gate, begun = threading.Event(), []

    def second(item: int) -> None:
        begun.append(item)
        gate.wait(10)

    line = Line[int, int](lambda item: item, second)
    feeder = threading.Thread(target=lambda: [line.put(item) for item in range(10)])
    feeder.start()
    time.sleep(0.2)
    assert len(line.ends) == UNDER_WAY
    gate.set()
    feeder.join()
    line.finish()
    line.close()
    assert begun == list(range(10))


@pytest.mark.parametrize("worker", [0, 1])
def test_what_a_worker_raises_is_raised_here_and_the_rest_is_not_waited_for(worker):
    def breaks(item: int) -> int:
        raise OSError("disk full")

    workers = [lambda item: item, lambda item: None]
    workers[worker] = breaks
    line = Line[int, int](*workers)

    def feed() -> None:
        for item in range(50):
            line.put(item)
            time.sleep(0.001)

    with pytest.raises(OSError, match="disk full"):
        feed()
    line.close()


def test_finishing_tells_what_went_wrong_last():
    line = Line[int, float](lambda item: 1 / item, lambda item: None)
    line.put(0)
    with pytest.raises(ZeroDivisionError):
        line.finish()
    line.close()
