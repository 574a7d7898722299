"""Deciding at the terminal: who acts signs in, and one person alone settles nothing."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from core.identity import demo, totp
from core.identity.demo import DemoSignIn
from core.identity.opening import open_identity
from core.runtime import Runtime
from plugins.shiryo.commands.acting import TOKEN
from plugins.shiryo.commands.ledger import ledger
from plugins.shiryo.commands.worklist import worklist
from tests.plugins.shiryo.conftest import YEAR, Someone

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
EXPLAIN = ("--action", "explain", "--reason", "送付元に確認")
UNKNOWN = ("--code", "PERSON_UNKNOWN", "--year", str(YEAR))


class Desk:
    """A terminal at which people who signed in type."""

    def __init__(self, runtime: Runtime, people: Mapping[str, DemoSignIn]) -> None:
        self.runtime = runtime
        self.people = people

    def type(self, *words: str, role: str = "", typed: str = "") -> Result:
        environ = {TOKEN: self.people[role].token if role else ""}
        return CliRunner().invoke(worklist, words, obj=self.runtime, env=environ, input=typed)


@pytest.fixture
def desk(city_in_thread: Callable[..., Runtime], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two documents of unknown people wait."""
    runtime = city_in_thread(TARO.report(), HANAKO.report())
    chief = ("100201", "試験　係長", demo.PEOPLE[0][2], "tax_chief")
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, chief))

    async def sign_in() -> dict[str, DemoSignIn]:
        async with runtime.open_database() as database, database.transaction() as session:
            found = await demo.create_demo_staff(session, open_identity(runtime, database))
        return {each.role: each for each in found}

    return Desk(runtime, asyncio.run(sign_in()))


def test_two_people_bring_the_ledger_to_zero_by_code(desk: Desk) -> None:
    proposed = desk.type("propose", *UNKNOWN, *EXPLAIN, role="tax_clerk")
    own = desk.type("confirm", *UNKNOWN, "--yes", role="tax_clerk")
    confirmed = desk.type("confirm", *UNKNOWN, role="tax_chief", typed="y\n")

    assert (proposed.exit_code, proposed.stdout) == (0, "2 件 提案しました。\n")
    assert (own.exit_code, "SELF_APPROVAL" in own.output) == (1, True)
    assert (confirmed.exit_code, confirmed.stdout.endswith("2 件 確定しました。\n")) == (0, True)
    assert "送付元に確認" in confirmed.stdout
    assert CliRunner().invoke(ledger, [], obj=desk.runtime).exit_code == 0


def test_what_is_not_agreed_to_is_left(desk: Desk) -> None:
    desk.type("propose", "1", *EXPLAIN, role="tax_clerk")
    aborted = desk.type("confirm", "1", role="tax_chief", typed="n\n")
    refused = desk.type("refuse", "1", role="tax_chief")

    states = desk.type("--json").stdout
    assert (aborted.exit_code, refused.exit_code) == (1, 0)
    assert (states.count('"state": "open"'), states.count('"state": "proposed"')) == (2, 0)


def test_items_are_given_to_somebody(desk: Desk) -> None:
    assert desk.type("assign", "1", "2", "--to", "900001", role="tax_clerk").exit_code == 0
    assert desk.type("--summary").stdout.startswith("PERSON_UNKNOWN\t900001\t2\t")


@pytest.mark.parametrize(
    ("words", "role", "code", "said"),
    [
        (("propose", "1", *EXPLAIN), "", 2, "--staff"),
        (("propose", "1", *EXPLAIN), "other_office", 1, "FORBIDDEN"),
        (("propose", *EXPLAIN), "tax_clerk", 2, "--code"),
        (("propose", "1", "--action", "attach", "--reason", "r"), "tax_clerk", 1, "VALIDATION"),
        (("explain-gaps", "--year", str(YEAR), "--reason", "r"), "tax_clerk", 1, "NOTHING_TO_EXPLAIN"),
    ],
)
def test_what_may_not_be_done_is_refused(
    desk: Desk, words: tuple[str, ...], role: str, code: int, said: str
) -> None:
    done = desk.type(*words, role=role)

    assert (done.exit_code, said in done.output) == (code, True)


def test_password_and_code_are_asked_for(desk: Desk) -> None:
    person = desk.people["tax_clerk"]
    code = totp.code_at(_secret(person), totp.step_of(desk.runtime.clock.now()))
    words = ("propose", "1", *EXPLAIN, "--staff", person.staff_number)

    wrong = desk.type(*words, typed=f"nonsense\n{code}\n")
    right = desk.type(*words, typed=f"{person.password}\n{code}\n")

    assert (wrong.exit_code, "INVALID_CREDENTIALS" in wrong.output) == (1, True)
    assert (right.exit_code, person.password in right.output) == (0, False)


def _secret(person: DemoSignIn) -> bytes:
    key = parse_qs(urlsplit(person.totp_uri).query)["secret"][0]
    return base64.b32decode(key)
