"""Names and places composed of small parts, so that they look right and belong to nobody.

Each list can be indexed, and its length is part of the promise that no two people are namesakes by accident:
see docs/decisions/0056-blocks-of-a-thousand.md.
"""

from typing import NamedTuple


class Word(NamedTuple):
    """A written form and its reading in full-width kana."""

    written: str
    read: str


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(*pair.split(":")) for pair in text.split())


def _joined(heads: tuple[Word, ...], tails: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(Word(h.written + t.written, h.read + t.read) for h in heads for t in tails)


_SURNAME_HEADS = _words(
    """
    朝凪:アサナギ 若葉:ワカバ 初雪:ハツユキ 夕霧:ユウギリ 早瀬:ハヤセ 花笠:ハナガサ 菜摘:ナツミ
    小鳩:コバト
    銀杏:イチョウ 山吹:ヤマブキ 桔梗:キキョウ 白樺:シラカバ 蓮華:レンゲ 菖蒲:アヤメ 撫子:ナデシコ
    椿:ツバキ
    楠葉:クスハ 榎葉:エノハ 柊:ヒイラギ 栗毛:クリゲ 胡桃:クルミ 杏:アンズ 柿色:カキイロ
    梨花:ナシハナ
    雁渡:カリワタ 鶴羽:ツルハ 鷺舞:サギマイ 鳶色:トビイロ 燕返:ツバメガエ 雀部:スズメブ 鴨居:カモイ
    鳩笛:ハトブエ
    藤波:フジナミ 萩風:ハギカゼ 葛城野:カツラギノ 蔦絵:ツタエ 苔石:コケイシ 蕗葉:フキハ 芹田:セリタ
    薺野:ナズナノ
    青銅:セイドウ 黄金野:コガネノ 銀鈴:ギンレイ 真珠:シンジュ 翡翠:ヒスイ 瑠璃:ルリ 琥珀:コハク
    珊瑚:サンゴ
    春日影:カスガカゲ 夏木立:ナツコダチ 秋津:アキツ 冬霞:フユガスミ 弥生野:ヤヨイノ 文月:フヅキ
    神楽野:カグラノ 千歳:チトセ
    百瀬野:モモセノ 八重波:ヤエナミ 五十嵐野:イガラシノ 一葉:ヒトハ
    """
)
_SURNAME_TAILS = _words(
    """
    川:ガワ 田:ダ 山:ヤマ 村:ムラ 原:ハラ 野:ノ 沢:ザワ 島:シマ 崎:サキ 木:キ
    本:モト 井:イ 上:ウエ 下:シタ 中:ナカ 口:グチ 内:ウチ 岡:オカ 丘:オカ 谷:タニ
    浜:ハマ 辺:ベ 瀬:セ 尾:オ 根:ネ 橋:ハシ 塚:ヅカ 坂:サカ 森:モリ 林:バヤシ
    池:イケ 沼:ヌマ 岩:イワ 石:イシ 波:ナミ 風:カゼ 里:サト 宮:ミヤ 寺:デラ 城:シロ
    堀:ホリ 畑:ハタ 倉:クラ 屋:ヤ 場:バ 戸:ト 津:ツ 浦:ウラ 見:ミ 渡:ワタリ
    """
)
_MALE_HEADS = _words(
    """
    陽:ハル 蒼:アオ 悠:ユウ 健:ケン 誠:マサ 直:ナオ 智:トモ 和:カズ 明:アキ 光:ミツ
    正:タダ 秀:ヒデ 康:ヤス 隆:タカ 義:ヨシ 信:ノブ 幸:ユキ 春:シュン 洋:ヨウ 良:リョウ
    """
)
_MALE_TAILS = _words(
    """
    斗:ト 人:ヒト 樹:キ 彦:ヒコ 志:シ 之:ノユキ 太:タ 也:ヤ 介:スケ 郎:ロウ 士:ジ 吾:ゴ
    平:ヘイ 一:イチ 二:ジ 男:オ
    """
)
_FEMALE_HEADS = _words(
    """
    陽:ハル 咲:サキ 美:ミ 由:ユ 真:マ 千:チ 彩:アヤ 優:ユウ 結:ユイ 香:カ
    恵:エ 佳:ヨシ 理:リ 奈:ナ 早:サ 朋:トモ 清:キヨ 照:テル 文:フミ 澄:スミ
    """
)
_FEMALE_TAILS = _words(
    """
    奈:ナ 子:コ 美:ミ 香:カ 乃:ノ 衣:イ 菜:ナ 月:ツキ 音:ネ 穂:ホ 江:エ 代:ヨ
    里:リ 葉:ハ 緒:オ 絵:エ
    """
)
_TOWN_HEADS = (
    *("桜並", "緑沢", "朝霧", "若竹", "汐留野", "松風", "花園", "千鳥浜", "白鷺", "柚木"),
    *("月見", "星降", "風早", "水車", "石垣", "鈴懸", "竹取", "鶴見野", "笹舟", "蛍川"),
)
_TRADES = _words(
    """
    製作所:セイサクショ 商店:ショウテン 運輸:ウンユ 建設:ケンセツ 食品:ショクヒン 電機:デンキ
    薬局:ヤッキョク 園芸:エンゲイ 印刷:インサツ 介護サービス:カイゴサービス
    """
)

SURNAMES = _joined(_SURNAME_HEADS, _SURNAME_TAILS)
MALE_NAMES = _joined(_MALE_HEADS, _MALE_TAILS)
FEMALE_NAMES = _joined(_FEMALE_HEADS, _FEMALE_TAILS)
TOWNS = tuple(
    f"{head}{tail}{number}丁目"
    for head in _TOWN_HEADS
    for tail in ("町", "台", "東町", "西町", "本町", "新田")
    for number in "一二三四五"
)
VARIANTS = {"崎": "﨑", "瀬": "瀨", "浜": "濵", "辺": "邉"}
"""Glyphs that a register has where an employer's list has the usual one."""


def company(position: int) -> Word:
    """Name the employer at a position: every one of thirty thousand different."""
    name, trade = SURNAMES[position * 37 % len(SURNAMES)], _TRADES[position // len(SURNAMES) % len(_TRADES)]
    return Word(f"（株）{name.written}{trade.written}", f"{name.read}{trade.read}")


def fund(position: int) -> Word:
    """Name the payer of pensions at a position; the first is the one that nearly everybody has."""
    if position == 0:
        return Word("架空年金機構", "カクウネンキンキコウ")
    name = SURNAMES[position * 53 % len(SURNAMES)]
    return Word(f"{name.written}企業年金基金", f"{name.read}キギョウネンキンキキン")
