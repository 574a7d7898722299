"""Bank accounts and the bank master by GraphQL."""

from datetime import date
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import OPEN, Structure, column, door
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import INPUT, item, items_of, required
from plugins.atena.graphql.loaders import AccountByPerson, PersonKey
from plugins.atena.graphql.types import Person, open_end
from plugins.atena.history import FOREVER, Span
from plugins.atena.permissions import ACCOUNT, ACCOUNT_WRITE, BANK, BANK_WRITE
from plugins.atena.queries import banks as queries
from plugins.atena.queries.persons import Moment, persons_by_id
from plugins.atena.service import banks


@strawberry.type(description="金融機関の支店。基準日の時点の内容")
class BankBranch:
    """A branch as of a day."""

    code: str = column(BANK, "金融機関コード-支店コード")
    version: int = column(BANK, "版。訂正のときexpectedVersionとして送る")
    bank_name: str = column(BANK, "金融機関名")
    bank_kana: str = column(BANK, "金融機関名（カナ）")
    branch_name: str = column(BANK, "支店名")
    branch_kana: str = column(BANK, "支店名（カナ）")
    successor_code: str | None = column(BANK, "統合先。統合されていなければnull")

    @classmethod
    def of(cls, row: Row[Any]) -> "BankBranch":
        """Make a branch of a row of `queries.banks`."""
        return cls(
            code=row.code,
            version=row.version,
            bank_name=row.bank_name,
            bank_kana=row.bank_kana,
            branch_name=row.branch_name,
            branch_kana=row.branch_kana,
            successor_code=row.successor_code,
        )


@strawberry.enum(description="預金種目")
class BankAccountKind(Enum):
    """The kind of an account; the values are the codes of the bank file."""

    ORDINARY = strawberry.enum_value("1", description="普通")
    CURRENT = strawberry.enum_value("2", description="当座")
    OTHER = strawberry.enum_value("9", description="その他")


@strawberry.type(description="口座")
class BankAccount:
    """The account of a person on a day; `branch_code` is the one to debit then."""

    registered_branch_code: str = column(
        ACCOUNT, "登録されている金融機関コード-支店コード（統合で移ったものを含む）"
    )
    branch_code: str = column(ACCOUNT, "統合を反映した金融機関コード-支店コード")
    account_kind: BankAccountKind = column(ACCOUNT, "預金種目")
    account_number: str = column(ACCOUNT, "口座番号")
    holder_kana: str = column(ACCOUNT, "口座名義（半角カナ）")
    valid_from: date = column(ACCOUNT, "有効開始日")
    valid_to: date | None = column(ACCOUNT, "有効終了日（この日を含まない）。終わりがないときはnull")

    @classmethod
    def of(cls, row: Row[Any], branch_code: str) -> "BankAccount":
        """Make an account of a row of `atena.bank_account`, to be debited at a branch."""
        return cls(
            registered_branch_code=row.branch_code,
            branch_code=branch_code,
            account_kind=BankAccountKind(row.account_kind),
            account_number=row.account_number,
            holder_kana=row.holder_kana,
            valid_from=row.valid_from,
            valid_to=open_end(row.valid_to),
        )


@strawberry.type(description="廃止された支店の口座")
class StrandedAccount(Structure):
    """An account whose branch is there no longer, and whose it is."""

    person: Person = column(OPEN, "個人（今日の時点）")
    account: BankAccount = column(OPEN, "口座")


@strawberry.type
class PersonAccount:
    """The field of a person about the account."""

    @door(ACCOUNT, "口座。asOfは振替日（省略すると個人の基準日）")
    async def bank_account(
        self, person: strawberry.Parent[Person], info: Info, as_of: date | None = None
    ) -> BankAccount | None:
        """Return the account of a day, with the mergers of that day."""
        moment = Moment(as_of or person.moment.as_of, person.moment.as_known_at)
        row = await info.context.loader(AccountByPerson).load(PersonKey(person.id, moment))
        return BankAccount.of(row.account, row.branch_code) if row is not None else None


@strawberry.type
class BankQuery:
    """The bank master."""

    @door(BANK, "金融機関の支店。asOfは基準日（省略すると今日）")
    async def bank_branch(self, info: Info, code: str, as_of: date | None = None) -> BankBranch | None:
        """Return a branch, or null if there is none on that day."""
        moment = Moment(as_of or info.context.clock.today())
        row = await queries.branch_at(info.context.read, code, moment)
        return BankBranch.of(row) if row is not None else None

    @door(ACCOUNT, "廃止された支店の口座。asOfは振替日（省略すると今日）")
    async def accounts_of_closed_branches(
        self, info: Info, as_of: date | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[StrandedAccount]:
        """Return a page of the accounts that cannot be debited that day."""
        page = page_of(info, first, after, (int,))
        today = info.context.clock.today()
        behind = 0 if page.after is None else int(str(page.after[0]))
        rows = await queries.stranded_accounts(info.context.read, as_of or today, behind, page.size + 1)
        moment = Moment(today)
        people = await persons_by_id(info.context.read, [row.person_id for row in rows], moment)
        nodes = {
            row.id: StrandedAccount(
                person=Person.of(people[row.person_id], moment), account=BankAccount.of(row, row.branch_code)
            )
            for row in rows[: page.size]
        }
        return connection(rows, page, node=lambda row: nodes[row.id], key=lambda row: (row.id,))


@strawberry.input(description="金融機関の支店の登録")
class RegisterBankBranchInput:
    """A branch."""

    code: str = required("金融機関コード4桁-支店コード3桁")
    bank_name: str = required("金融機関名")
    branch_name: str = required("支店名")
    bank_kana: str = item("金融機関名（カナ）", default="")
    branch_kana: str = item("支店名（カナ）", default="")
    valid_from: date = required("有効開始日")


@strawberry.input(description="金融機関の支店の統合")
class MergeBankBranchInput:
    """Which branch becomes part of which, and when."""

    code: str = required("統合される支店（金融機関コード-支店コード）")
    expected_version: int = required("画面に表示した版")
    successor_code: str = required("統合先の支店（金融機関コード-支店コード）")
    merged_on: date = required("統合の日")


@strawberry.input(description="金融機関の支店の廃止")
class CloseBankBranchInput:
    """Which branch is no more, and when."""

    code: str = required("金融機関コード-支店コード")
    expected_version: int = required("画面に表示した版")
    closes_on: date = required("廃止の日（この日から使えない）")


@strawberry.input(description="口座の登録")
class SetBankAccountInput:
    """Where a person's tax is debited, and when."""

    atena_number: str = required("宛名番号")
    expected_version: int = required("画面に表示した版")
    branch_code: str = required("金融機関コード-支店コード")
    account_kind: BankAccountKind = required("預金種目")
    account_number: str = required("口座番号（7桁）")
    holder_kana: str = required("口座名義（半角カナ）")
    valid_from: date = required("有効開始日")
    valid_to: date | None = item("有効終了日（この日を含まない）。省略すると終わりなし", default=None)


@strawberry.input(description="口座の終了")
class EndBankAccountInput:
    """From when on nothing is debited."""

    atena_number: str = required("宛名番号")
    expected_version: int = required("画面に表示した版")
    ends_on: date = required("振替をしなくなる最初の日")


@strawberry.type
class BankMutation:
    """What changes banks and accounts."""

    @door(BANK_WRITE, "金融機関の支店を登録する")
    async def register_bank_branch(
        self, info: Info, given: Annotated[RegisterBankBranchInput, INPUT]
    ) -> BankBranch:
        """Add a branch."""
        said = items_of(given, "code", "valid_from")
        await banks.register_branch(info.context.work, given.code, Span(given.valid_from), said)
        return await _branch(info, given.code, given.valid_from)

    @door(BANK_WRITE, "金融機関の支店を統合する。支店の口座は統合の日から統合先に移る")
    async def merge_bank_branch(
        self, info: Info, given: Annotated[MergeBankBranchInput, INPUT]
    ) -> BankBranch:
        """Merge a branch into another."""
        code, on = given.code, given.merged_on
        await banks.merge_branch(info.context.work, code, given.expected_version, given.successor_code, on)
        return await _branch(info, code, on)

    @door(BANK_WRITE, "金融機関の支店を廃止する。答えは新しい版。口座はaccountsOfClosedBranchesに並ぶ")
    async def close_bank_branch(self, info: Info, given: Annotated[CloseBankBranchInput, INPUT]) -> int:
        """Close a branch without a successor."""
        await banks.close_branch(info.context.work, given.code, given.expected_version, given.closes_on)
        return given.expected_version + 1

    @door(ACCOUNT_WRITE, "口座を登録する")
    async def set_bank_account(self, info: Info, given: Annotated[SetBankAccountInput, INPUT]) -> Person:
        """Let a person's tax be debited."""
        said = items_of(given, "atena_number", "expected_version", "valid_from", "valid_to")
        said["account_kind"] = str(given.account_kind.value)
        span = Span(given.valid_from, given.valid_to or FOREVER)
        await banks.set_account(info.context.work, given.atena_number, given.expected_version, span, said)
        return await person_after(info, given.atena_number)

    @door(ACCOUNT_WRITE, "口座を終了する")
    async def end_bank_account(self, info: Info, given: Annotated[EndBankAccountInput, INPUT]) -> Person:
        """Let nothing be debited any more."""
        number = given.atena_number
        await banks.end_account(info.context.work, number, given.expected_version, given.ends_on)
        return await person_after(info, number)


async def _branch(info: Info, code: str, on: date) -> BankBranch:
    row = await queries.branch_at(info.context.write, code, Moment(on))
    if row is None:
        raise NotFound
    return BankBranch.of(row)
