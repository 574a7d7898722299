"""`juminzei atena …`: the vault's keys, and the files that come in and go out."""

import click

from plugins.atena.commands.banks import bank_mergers, banks
from plugins.atena.commands.feed import feed, feed_status_command
from plugins.atena.commands.jutogai import jutogai
from plugins.atena.commands.name_file import name_file
from plugins.atena.commands.vault import create_vault_key, rotate_vault_key


@click.group("atena")
def atena() -> None:
    """宛名: 個人、事業所、口座、住民記録の連携。"""


for command in (
    create_vault_key,
    rotate_vault_key,
    feed,
    feed_status_command,
    jutogai,
    banks,
    bank_mergers,
    name_file,
):
    atena.add_command(command)
