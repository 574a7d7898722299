"""Deciding at the terminal: who acts signs in, and one person alone settles nothing."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import click
import pytest
from click.testing import CliRunner, Result

from core.commands.desk import TOKEN
from core.identity import demo, totp
from core.identity.demo import DemoSignIn
from core.identity.opening import open_identity
from core.runtime import Runtime
from plugins.shiryo.commands.keying import key
from plugins.shiryo.commands.ledger import ledger
from plugins.shiryo.commands.worklist import worklist
from tests.plugins.shiryo.conftest import YEAR, Someone, my_number

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
EXPLAIN = ("--action", "explain", "--reason", "送付元に確認")
UNKNOWN = ("--code", "PERSON_UNKNOWN", "--year", str(YEAR))


class Desk:
    """A terminal at which people who signed in type."""

    def __init__(self, runtime: Runtime, people: Mapping[str, DemoSignIn]) -> None:
        self.runtime = runtime
        self.people = people

    def type(self, *words: str, role: str = "", typed: str = "", command: click.Command = worklist) -> Result:
        environ = {TOKEN: self.people[role].token if role else ""}
        return CliRunner().invoke(command, words, obj=self.runtime, env=environ, input=typed)


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


def test_who_confirms_is_told_when_tax_follows(desk: Desk) -> None:
    desk.type("propose", "1", "--action", "release", "--reason", "原本を確認", role="tax_clerk")

    confirmed = desk.type("confirm", "1", "--yes", role="tax_chief").stdout.splitlines()

    assert confirmed[-2] == "1 件 確定しました。"
    assert confirmed[-1].startswith("資料の保留を解きました。税額には、確定の後の資料併合")


def test_who_confirms_sees_to_whom_or_where_a_document_goes(desk: Desk) -> None:
    forward = ("--action", "forward", "--municipality", "332020", "--reason", "照会済")
    desk.type("propose", "1", *forward, role="tax_clerk")

    shown = desk.type("show", "1", role="tax_chief").stdout
    confirmed = desk.type("confirm", "1", "--yes", role="tax_chief").stdout

    assert "状態: 確認待ち" in shown
    assert "提案: forward → 332020  理由: 照会済" in shown
    assert "\tforward → 332020\t" in confirmed


def test_what_is_not_agreed_to_is_left(desk: Desk) -> None:
    desk.type("propose", "1", *EXPLAIN, role="tax_clerk")
    aborted = desk.type("confirm", "1", role="tax_chief", typed="n\n")
    refused = desk.type("refuse", "1", role="tax_chief")

    states = desk.type("--json").stdout
    assert (aborted.exit_code, refused.exit_code) == (1, 0)
    assert (states.count('"state": "open"'), states.count('"state": "proposed"')) == (2, 0)


def test_items_are_given_to_somebody(desk: Desk) -> None:
    assert desk.type("assign", "1", "2", "--to", "900001", role="tax_clerk").exit_code == 0
    head, line = desk.type("--summary").stdout.splitlines()
    assert head.startswith("コード\t担当\t件数")
    assert line.startswith("PERSON_UNKNOWN\t900001\t2\t")
    assert "住登外者を登録して名寄せ" in line


@pytest.mark.parametrize(
    ("words", "role", "code", "said"),
    [
        (("propose", "1", *EXPLAIN), "", 2, "--staff"),
        (("propose", "1", *EXPLAIN), "other_office", 1, "FORBIDDEN"),
        (("propose", *EXPLAIN), "tax_clerk", 2, "--code"),
        (
            ("propose", "1", "--action", "attach", "--reason", "r"),
            "tax_clerk",
            1,
            "名寄せ先の宛名番号",
        ),
        (("confirm", "1", "--yes"), "tax_chief", 1, "確認を待っている提案はありません"),
        (("propose", "1", "--action", "drop", "--reason", "r"), "tax_clerk", 1, "取りやめ"),
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


def test_the_list_says_what_each_item_is_about(desk: Desk) -> None:
    head, first, _, more = desk.type().stdout.splitlines()

    assert (head.split("\t")[:3], first.split("\t")[:4]) == (
        ["作業番号", "コード", "状態"],
        ["1", "PERSON_UNKNOWN", "未処理", "-"],
    )
    assert first.endswith("該当する人が宛名にいません。")
    assert "worklist show" in more


def test_an_item_is_shown_with_its_document_to_who_may_see_it(desk: Desk) -> None:
    desk.type("propose", "1", *EXPLAIN, role="tax_clerk")
    shown = desk.type("show", "1", "99", role="tax_clerk")

    assert (shown.exit_code, desk.type("show", "1", role="other_office").exit_code) == (0, 1)
    assert "資料: 1 salary_report 1行目  氏名: 山田　太郎" in shown.stdout
    assert "提案: explain  理由: 送付元に確認" in shown.stdout
    assert (TARO.number in shown.stdout, TARO.town in shown.stdout) == (False, False)


def test_what_one_keys_another_confirms_with_the_numbers_of_the_original(desk: Desk) -> None:
    number = "0" + my_number(7)
    values = json.dumps({"payment": "3100000", "my_number": number})
    given = ("correct", "1", "-", "--reason", "原本と照合")
    keyed = desk.type(*given, role="tax_clerk", typed=values, command=key)
    own = desk.type("confirm", "3", role="tax_clerk", command=key)
    wrong = desk.type("confirm", "3", role="tax_chief", typed=f"{TARO.number}\ny\n", command=key)
    right = desk.type("confirm", "3", role="tax_chief", typed=f"{my_number(7)}\ny\n", command=key)

    assert (keyed.exit_code, "作業番号 3" in keyed.stdout) == (0, True)
    assert ("SELF_APPROVAL" in own.output, "KEYING_DIFFERS" in wrong.output) == (True, True)
    assert (right.exit_code, right.stdout.splitlines()[-1]) == (0, "確定しました。資料番号 3")
    assert "* 支払金額 [payment]\t3000000\t→ 3100000" in right.stdout
    assert [each for each in (keyed, wrong, right) if number[1:] in each.output] == []


@pytest.mark.parametrize("typed", ["{", "[]", '{"payment": 1}'])
def test_values_that_are_none_are_refused(desk: Desk, typed: str) -> None:
    done = desk.type("correct", "1", "-", "--reason", "r", role="tax_clerk", typed=typed, command=key)

    assert (done.exit_code, "VALUES.json" in done.output) == (2, True)


def test_a_paper_is_keyed_at_the_terminal(desk: Desk) -> None:
    report = {name: str(value) for name, value in HANAKO.report(payment=5).items()}
    words = ("document", "-", "--reason", "窓口", "--year", str(YEAR), "--kind", "salary_report")
    sender = ("--sender", "0002", "--sender-name", "見本商店", "--layout-version", "2020")
    keyed = desk.type(*words, *sender, role="tax_clerk", typed=json.dumps(report), command=key)

    assert (keyed.exit_code, "作業番号 3" in keyed.stdout) == (0, True)
    assert "KEYED_DOCUMENT" in desk.type().stdout


def _secret(person: DemoSignIn) -> bytes:
    key = parse_qs(urlsplit(person.totp_uri).query)["secret"][0]
    return base64.b32decode(key)
