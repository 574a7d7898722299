"""Refusals of the synthetic city."""

from core.errors import Invalid


class FolderTaken(Invalid):
    """The folder for the city has something in it: nothing is overwritten."""

    code = "SYNTH_FOLDER_TAKEN"
    message = "出力先フォルダーが空ではありません。空のフォルダーか、まだないフォルダーを指定してください。"


class FaultNotPlanted(Invalid):
    """The city has no victim for a fault that was asked for; `details["fault"]` names it."""

    code = "SYNTH_FAULT_NOT_PLANTED"
    message = (
        "指定された不備を入れる対象が人口に含まれていません。人数を増やすか、別の乱数の種を指定してください。"
    )
