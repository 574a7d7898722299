"""Blocks of a city without the cyclic collector: it would walk through everybody again and again.

A block makes some hundred thousand objects at once, none of which form a cycle; reference counts free them at
its end. Measured: a run takes 43 µs a person instead of 69.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector of this process for the few seconds of a block."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
