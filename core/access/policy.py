"""The policy: Casbin's rules of core and every plug-in, merged, and compiled to sets when they are loaded.

Casbin stays the source of truth (the tests ask its enforcer about every subject, object and action), but one
`enforce` takes milliseconds; a compiled decision is one look into a set. A changed policy is a new object:
nothing is ever cleared and read again, so no request can meet half a policy.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from itertools import permutations

import casbin

from core.access.permission import Permission
from core.access.rules import Rule, read_rules
from core.errors import StartError
from core.settings import Setting, whole

POLICY_MINIMUM = Setting(
    "policy_minimum",
    whole(1, 1_000_000),
    1,
    "the policy must hold at least this many rules; a guard against a deployment that lost policy files",
)
MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
"""


class Policy:
    """What every role and scope may do. Deny by default: an unknown subject is granted nothing."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        rows = sorted(rules)
        self.size = len(rows)
        self.checksum = sha256(
            "".join(f"{','.join((kind, *row))}\n" for kind, row in rows).encode()
        ).hexdigest()
        self.by_subject = _compile(enforcer_of(rows))
        self.subjects = frozenset(self.by_subject)
        self.permissions = frozenset[Permission]().union(*self.by_subject.values())
        self._joined = lru_cache(maxsize=1024)(self._join)

    @classmethod
    def load(cls, sources: Mapping[str, str], minimum: int = POLICY_MINIMUM.default) -> "Policy":
        """Merge the policy files, given as name → text.

        Raises StartError, in one line, for whatever `read_rules` refuses, for an inherited role that no
        rule grants anything, for roles that inherit each other, and for fewer than `minimum` rules.
        """
        rules = read_rules(sources)
        if len(rules) < max(minimum, 1):
            raise StartError(f"the policy holds {len(rules)} rules, fewer than policy_minimum ({minimum})")
        known = {rule.fields[0] for rule in rules}
        for rule, place in rules.items():
            if rule.kind == "g" and rule.fields[1] not in known:
                raise StartError(f"{place}: no rule grants anything to {rule.fields[1]}")
        return cls(rules)

    def grants(self, subjects: Iterable[str]) -> frozenset[Permission]:
        """Return everything granted to those who hold all of `subjects`; cached per set of subjects."""
        return self._joined(frozenset(subjects))

    def _join(self, subjects: frozenset[str]) -> frozenset[Permission]:
        nothing = frozenset[Permission]()
        return nothing.union(*(self.by_subject.get(subject, nothing) for subject in subjects))


def enforcer_of(rules: Iterable[Rule]) -> casbin.Enforcer:
    """Return Casbin's own view of `rules`: slow, and the truth that the compiled sets are tested against."""
    model = casbin.Model()
    model.load_model_from_text(MODEL)
    for kind, fields in rules:
        model.add_policy(kind, kind, list(fields))
    enforcer = casbin.Enforcer(model)
    enforcer.build_role_links()
    return enforcer


def _compile(enforcer: casbin.Enforcer) -> Mapping[str, frozenset[Permission]]:
    own: dict[str, set[Permission]] = defaultdict(set)
    for subject, *permission in enforcer.get_policy():
        own[subject].add(Permission(*permission))
    inheritors = {row[0] for row in enforcer.get_grouping_policy()}
    linked = enforcer.get_role_manager().has_link
    _refuse_circles(inheritors, linked)
    return {
        subject: frozenset().union(*(granted for other, granted in own.items() if linked(subject, other)))
        for subject in sorted(inheritors | own.keys())
    }


def _refuse_circles(roles: Iterable[str], linked: Callable[[str, str], bool]) -> None:
    for one, other in permutations(sorted(roles), 2):
        if linked(one, other) and linked(other, one):
            raise StartError(f"policy: {one} and {other} inherit each other")
