import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run each of `work` on a thread of its own, all starting together; results or exceptions, in no order.

    The database must be one that several connections can share: mark the test `postgres`.
    """
    barrier = threading.Barrier(len(work))
    results: list[Any] = []

    def run(one: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results.append(one())
        except Exception as error:  # noqa: BLE001 - handed to the test
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
