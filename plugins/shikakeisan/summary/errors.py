"""The refusals of summary forms: a stable code and a Japanese sentence."""

from plugins.shikakeisan.errors import NotNow, NotRemade


class NoPayers(NotNow):
    """Every payer has its form of the year, files electronically, or has no address."""

    code = "SUMMARY_NOBODY"
    message = "新しく総括表を作成する給与支払者はいません。"


class SummaryNotRemade(NotRemade):
    """The file made again is not the one that was made before."""

    code = "SUMMARY_NOT_REMADE"
    message = "作り直した総括表の印刷ファイルが、作成したものと一致しません。"
