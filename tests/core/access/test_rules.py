"""Policy files: what is read, and everything that is refused in one line."""

import pytest

from core.access.rules import Rule, read_rules
from core.errors import StartError

GOOD = "p, role:tax, atena.person, read\n"


def test_rules_of_all_sources_are_merged_with_their_places() -> None:
    text = "# people\n\np, role:tax,atena.person,read\ng, role:chief, role:tax\n"
    assert read_rules({"atena": text, "fucho": "p, scope:004:bill:read, fucho.bill, read"}) == {
        Rule("p", ("role:tax", "atena.person", "read")): "policy of atena, line 3",
        Rule("g", ("role:chief", "role:tax")): "policy of atena, line 4",
        Rule("p", ("scope:004:bill:read", "fucho.bill", "read")): "policy of fucho, line 1",
    }


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("p, , atena.person, read", "the subject is empty"),
        ("p, role:tax, , read", "the object is empty"),
        ("p, role:tax, atena.person,", "the action is empty"),
        ("p, , ,", "the subject is empty"),
        ("g, , role:tax", "the role is empty"),
        ("p, tax, atena.person, read", "the subject must match"),
        ("p, user:tax, atena.person, read", "the subject must match"),
        ("p, role:, atena.person, read", "the subject must match"),
        ("p, role:*, atena.person, read", "the subject must match"),
        ("p, role:tax, *, read", "the object must match"),
        ("p, role:tax, atena.*, read", "the object must match"),
        ("p, role:tax, atena..person, read", "the object must match"),
        ("p, role:tax, /atena/:id, read", "the object must match"),
        ("p, role:tax, atena.person, *", "the action must match"),
        ("p, role:tax, atena.person, READ", "the action must match"),
        ("p, role:tax, atena.person, (read)|(write)", "the action must match"),
        ("p, role:tax, atena.person, read, deny", "there are no deny rows"),
        ("p, role:tax, atena.person, read, allow", "there are no deny rows"),
        ("p, role:tax, atena.person", "a row of kind p is exactly"),
        ("g, role:a, role:b, domain", "a row of kind g is exactly"),
        ("g, scope:a, role:b", "the role must match"),
        ("g, taro, role:b", "the role must match"),
        ("p2, role:tax, atena.person, read", "a row starts with p or g"),
        ("\ufeffp, role:tax, atena.person, read", "a row starts with p or g"),
        ('p, "role:tax", atena.person, read', "the subject must match"),
        ("p, role:tax\u2028, atena.person\v, read\u00b2", "the action must match"),
    ],
)
def test_a_row_that_is_not_exact_is_refused_with_its_place(row: str, complaint: str) -> None:
    with pytest.raises(StartError, match=r"^policy of x, line 2: ") as refusal:
        read_rules({"x": f"{GOOD}{row}\n"})
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "\n", "# only a remark\n", "  \n\t\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(StartError, match=r"^policy of empty: the file holds no rule$"):
        read_rules({"good": GOOD, "empty": text})


def test_a_rule_that_stands_twice_is_refused_with_both_places() -> None:
    with pytest.raises(StartError) as refusal:
        read_rules({"atena": GOOD, "fucho": f"\n{GOOD}"})
    assert str(refusal.value) == "policy of fucho, line 2: the same rule stands at policy of atena, line 1"


def test_windows_line_ends_read_the_same() -> None:
    assert read_rules({"x": GOOD.replace("\n", "\r\n")}) == read_rules({"x": GOOD})
