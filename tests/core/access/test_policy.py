"""The compiled policy says what Casbin's enforcer says, for every subject, object and action."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from core.access.actor import Actor, ActorKind
from core.access.permission import Permission
from core.access.policy import Policy, enforcer_of
from core.access.rules import Rule, read_rules
from core.errors import StartError

ROOT = Path(__file__).parents[3]
EXAMPLE = """
p, role:tax, atena.person, read
p, role:tax, atena.my_number, read
p, role:other, atena.person, read
p, role:other, atena.my_number, mask
p, role:chief, fucho.bill, approve
p, scope:004:person:read, atena.person, read
g, role:chief, role:tax
g, role:mayor, role:chief
"""
SHIPPED = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in ROOT.glob("*/*/policy.csv")}
SOURCES = {"example": {"example": EXAMPLE}, "shipped": SHIPPED}


def decisions(sources: dict[str, str]) -> Iterable[tuple[str, Permission, bool]]:
    """Casbin's answer for every subject × object × action, granted anywhere or not."""
    rules = read_rules(sources)
    enforcer = enforcer_of(rules)
    named = [rule.fields for rule in rules if rule.kind == "p"]
    subjects = {field for rule in rules for field in rule.fields if field.startswith(("role:", "scope:"))}
    objects, actions = ({fields[at] for fields in named} for at in (1, 2))
    for subject, thing, action in product(
        sorted({*subjects, "role:nobody"}), sorted({*objects, "no.such"}), sorted({*actions, "nothing"})
    ):
        yield subject, Permission(thing, action), enforcer.enforce(subject, thing, action)


MATRIX = list(decisions({"example": EXAMPLE}))


@pytest.mark.parametrize(("subject", "permission", "allowed"), MATRIX)
def test_every_role_and_permission_both_ways(subject: str, permission: Permission, *, allowed: bool) -> None:
    policy = Policy.load({"example": EXAMPLE})
    actor = Actor(ActorKind.STAFF, "10001", subjects=frozenset({subject}), grants=policy.grants({subject}))
    assert actor.may(permission) is allowed


@pytest.mark.parametrize("sources", SOURCES.values(), ids=SOURCES.keys())
def test_the_compiled_sets_equal_casbin(sources: dict[str, str]) -> None:
    policy = Policy.load(sources)
    wrong = [(s, p) for s, p, allowed in decisions(sources) if (p in policy.grants({s})) is not allowed]
    assert wrong == []


def test_the_example_allows_and_denies_something() -> None:
    assert {allowed for _, _, allowed in MATRIX} == {True, False}
    assert ("role:mayor", Permission("atena.my_number", "read"), True) in MATRIX
    assert ("role:other", Permission("atena.my_number", "read"), False) in MATRIX


def test_grants_of_several_subjects_are_joined_and_kept() -> None:
    policy = Policy.load({"example": EXAMPLE})
    both = policy.grants(["role:other", "role:chief"])
    assert both == policy.grants({"role:other"}) | policy.grants({"role:chief"})
    assert policy.grants(("role:chief", "role:other")) is both


@pytest.mark.parametrize("subject", ["", "tax", "user:tax", "ROLE:tax", "role:tax ", "role:", "10001", "*"])
def test_a_user_id_is_never_a_role(subject: str) -> None:
    assert Policy.load({"example": EXAMPLE}).grants({subject}) == frozenset()


def test_what_the_policy_knows() -> None:
    policy = Policy.load({"example": EXAMPLE})
    assert policy.size == 8
    assert policy.subjects == {"role:tax", "role:other", "role:chief", "role:mayor", "scope:004:person:read"}
    assert policy.permissions == {
        Permission("atena.person", "read"),
        Permission("atena.my_number", "read"),
        Permission("atena.my_number", "mask"),
        Permission("fucho.bill", "approve"),
    }


def test_the_checksum_depends_on_the_rules_alone() -> None:
    turned = "\n".join(reversed(EXAMPLE.splitlines()))
    one, same, other = (Policy.load({"x": text}) for text in (EXAMPLE, turned, EXAMPLE + "p, role:a, b, c"))
    assert one.checksum == same.checksum
    assert one.checksum != other.checksum


@pytest.mark.parametrize(
    ("text", "minimum", "message"),
    [
        (None, 1, "the policy holds 0 rules, fewer than policy_minimum (1)"),
        (None, 0, "the policy holds 0 rules, fewer than policy_minimum (0)"),
        (EXAMPLE, 9, "the policy holds 8 rules, fewer than policy_minimum (9)"),
        (
            "p, role:a, b, c\ng, role:a, role:typo",
            1,
            "policy of x, line 2: no rule grants anything to role:typo",
        ),
        (
            "p, role:a, b, c\ng, role:a, role:b\ng, role:b, role:a",
            1,
            "policy: role:a and role:b inherit each other",
        ),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(text: str | None, minimum: int, message: str) -> None:
    with pytest.raises(StartError) as refusal:
        Policy.load({} if text is None else {"x": text}, minimum)
    assert str(refusal.value) == message


def test_an_enforcer_without_rules_would_let_everybody_in() -> None:
    assert enforcer_of(()).enforce("", "", "") is True  # why an empty policy and empty fields are refused
    assert enforcer_of([Rule("p", ("role:a", "b", "c"))]).enforce("", "", "") is False
