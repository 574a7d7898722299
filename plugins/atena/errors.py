"""The refusals of 宛名: stable codes, Japanese sentences, never what was submitted."""

from collections.abc import Sequence
from typing import NamedTuple

from core.errors import Forbidden, Invalid, JuminzeiError


class Finding(NamedTuple):
    """One fault of the input: the field (GraphQL name), a stable rule, and what to do about it."""

    field: str
    rule: str
    message: str


class InvalidInput(Invalid):
    """Input with faults; `details["findings"]` lists all of them, each with field, rule and message."""

    def __init__(self, findings: Sequence[Finding], **where: object) -> None:
        first = findings[0]
        self.findings = findings
        listed = [finding._asdict() for finding in findings]
        super().__init__(None, field=first.field, rule=first.rule, findings=listed, **where)


class LineFault(NamedTuple):
    """One fault of a file: the line, the item, a stable rule, and what to do about it."""

    line: int
    field: str
    rule: str
    message: str


class FileRefused(Invalid):
    """A file with faults, of which nothing was taken; `details["findings"]` lists them all by line."""

    code = "FILE_REFUSED"
    message = "ファイルに誤りがあるため、何も登録していません。"

    def __init__(self, faults: Sequence[LineFault]) -> None:
        self.faults = faults
        super().__init__(None, findings=[fault._asdict() for fault in faults])


class CandidatesNotRefused(JuminzeiError):
    """Somebody like that is registered already (`details["count"]`); each must be named as another person."""

    code = "CANDIDATES_NOT_REFUSED"
    message = (
        "すでに登録されている可能性があります。候補を確認し、別人・別法人であれば明示して登録してください。"
    )
    status = 409


class MyNumberRefused(JuminzeiError):
    """The number cannot be registered. Deliberately the same for every cause that other records may give."""

    code = "MY_NUMBER_REFUSED"
    message = "この個人番号は登録できません。番号を本人の書類で確認し、宛名担当に相談してください。"
    status = 409


class ResidentNumberByFeedOnly(Forbidden):
    """A resident's My Number comes from the resident register alone (checklist 035)."""

    code = "RESIDENT_NUMBER_BY_FEED_ONLY"
    message = "住民の個人番号は住民記録からの連携でのみ登録されます。この画面では登録できません。"


class ProtectionByFeedOnly(Forbidden):
    """A resident's 支援措置 comes from the resident register alone."""

    code = "PROTECTION_BY_FEED_ONLY"
    message = "住民の支援措置は住民記録からの連携でのみ登録されます。この画面では登録できません。"


class ResidentByFeedOnly(Forbidden):
    """What is said of somebody while they are a resident comes from the resident register alone."""

    code = "RESIDENT_BY_FEED_ONLY"
    message = "住民である期間の内容は住民記録からの連携でのみ変わります。住民記録の担当に確認してください。"


class DesignationNumberTaken(JuminzeiError):
    """Another employer has the 指定番号."""

    code = "DESIGNATION_NUMBER_TAKEN"
    message = "この指定番号は別の事業所に付番されています。"
    status = 409


class SealBroken(JuminzeiError):
    """A sealed number cannot be opened: the row was altered or moved, or the key is another one."""

    code = "VAULT_SEAL_BROKEN"
    message = "個人番号を復号できません。鍵ファイルまたはデータに異常があります。管理者に連絡してください。"
    status = 500


class FeedGap(JuminzeiError):
    """A message of the register feed is missing; `details["missing"]` is its sequence number."""

    code = "FEED_GAP"
    message = (
        "住記連携のメッセージに欠番があります。欠番のメッセージを受け取ってから、もう一度実行してください。"
    )
    status = 409


class FeedAltered(JuminzeiError):
    """A message came again under its number (`details["sequence"]`) with other contents."""

    code = "FEED_ALTERED"
    message = "適用済みの番号で内容の異なるメッセージが届きました。住民記録の担当に確認してください。"
    status = 409


class FeedMalformed(InvalidInput):
    """A line cannot be read as a message; `details` name it (`line` or `sequence`) and all its faults."""

    code = "FEED_MALFORMED"
    message = "住記連携のメッセージの形式に誤りがあります。"


class FeedImpossible(JuminzeiError):
    """A message cannot follow what came before; `details` name its `sequence` and the `rule`."""

    code = "FEED_IMPOSSIBLE"
    message = "これまでの内容と矛盾する住記連携のメッセージがあります。住民記録の担当に確認してください。"
    status = 409


class FeedNotStopped(JuminzeiError):
    """No message that contradicts the past waits under this number."""

    code = "FEED_NOT_STOPPED"
    message = "この通番で止まっている住記連携のメッセージはありません。住記連携の状況を確認してください。"
    status = 409


class RemedyOpen(JuminzeiError):
    """Somebody proposed something for this message already."""

    code = "REMEDY_OPEN"
    message = "この通番にはすでに提案があります。その提案を確認するか、差し戻してください。"
    status = 409


class RemedyDecided(JuminzeiError):
    """The proposal was confirmed or rejected already."""

    code = "REMEDY_DECIDED"
    message = "この提案はすでに確認または差し戻しされています。"
    status = 409


class LinkRefused(JuminzeiError):
    """Two numbers cannot be linked so; `details["rule"]` is `same`, `primary-is-linked` or `has-linked`."""

    code = "LINK_REFUSED"
    message = "この組合せでは関連宛名を設定できません。代表の宛名番号に直接設定してください。"
    status = 409


class CaseResolved(JuminzeiError):
    """Somebody else resolved the case already."""

    code = "CASE_RESOLVED"
    message = "この確認事項はすでに解決されています。"
    status = 409


class BranchTaken(JuminzeiError):
    """There is a branch with this code."""

    code = "BRANCH_TAKEN"
    message = "この金融機関・支店コードはすでに登録されています。"
    status = 409


class MergerRefused(JuminzeiError):
    """The two branches would become part of each other."""

    code = "MERGER_REFUSED"
    message = "統合先が、統合される支店に統合されています。コードを確認してください。"
    status = 409


class EltaxIdTaken(JuminzeiError):
    """The 利用者ID belongs to somebody else on one of the days."""

    code = "ELTAX_ID_TAKEN"
    message = "この利用者IDは、指定した期間に別の個人または事業所のものとして登録されています。"
    status = 409


class NameFileThere(JuminzeiError):
    """The folder holds a file of names already; nothing is written over."""

    code = "NAME_FILE_THERE"
    message = "出力先にはすでに宛名情報ファイルがあります。別のフォルダーを指定してください。"
    status = 409


class MessageNotRefused(JuminzeiError):
    """The common platform did not refuse this message, or somebody dealt with it already."""

    code = "MESSAGE_NOT_REFUSED"
    message = "共通基盤に拒否されて対応を待っているメッセージではありません。"
    status = 409


class PlatformNotSet(JuminzeiError):
    """No folder is shared with the common platform (setting `platform_dir`)."""

    code = "PLATFORM_NOT_SET"
    message = "共通基盤との連携フォルダー（platform_dir）が設定されていません。管理者に連絡してください。"
    status = 409


class NumberProposed(JuminzeiError):
    """A number for this person waits for another officer already."""

    code = "MY_NUMBER_PROPOSED"
    message = "この住登外者には、確認待ちの個人番号の提案があります。"
    status = 409


class NumberDecided(JuminzeiError):
    """The proposal was confirmed or rejected already."""

    code = "MY_NUMBER_DECIDED"
    message = "この提案はすでに確認または差し戻しされています。"
    status = 409


class NumberDiffers(Invalid):
    """Another number than the one that was proposed; which of them is wrong is not said."""

    code = "MY_NUMBER_DIFFERS"
    message = "提案された個人番号と一致しません。本人の書類または住基ネットで確かめてください。"
