"""What the cyclic collector need not walk through: the blocks of a city, and the loaded program.

A block makes some hundred thousand objects at once, none of which form a cycle; reference counts free them at
its end. Measured: a run takes 43 µs a person instead of 69. The program has as many objects that never go:
one request in a hundred waited for them, 200 ms.
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


def set_program_aside() -> None:
    """Take all objects there are for ones that stay, once a process that serves has loaded everything."""
    gc.collect()
    gc.freeze()
