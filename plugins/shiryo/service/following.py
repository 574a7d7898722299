"""What follows once a decision about a document is confirmed, for a clerk: no tax changes by it at once."""

MERGED_LATER = (
    "税額には、確定の後の資料併合（juminzei year merge）、当初賦課の後は"
    "期限後の資料の更正（juminzei year late）で反映されます。"
)
FOLLOWING = {
    "attach": f"資料を個人に名寄せしました。{MERGED_LATER}",
    "release": f"資料の保留を解きました。{MERGED_LATER}",
    "key": f"入力・訂正した資料が有効になりました。{MERGED_LATER}",
    "forward": "資料は回送の対象になり、確定の後の回送（juminzei forward）で送付されます。",
}


def what_follows(action: str, state: str) -> str:
    """Say what follows a closed item's action; empty while it is open, and where nothing follows."""
    return FOLLOWING.get(action, "") if state == "closed" else ""
