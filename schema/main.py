"""`juminzei`: the one command. Builds the Runtime, gathers the commands of core and plug-ins, runs one."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import DBAPIError

from core.commands.help import speak_japanese
from core.commands.refusals import PROGRAM, click_line, early_line, tell
from core.errors import JuminzeiError, StartError
from core.runtime import Runtime
from core.settings import environment
from core.storage.errors import lacks_tables
from schema.build import build_runtime
from schema.commands import schema_group
from schema.demo import demo
from schema.documents import docs_group
from schema.plugins import plugins_group
from schema.policy import policy_group
from schema.serve import serve

OWN = (demo, serve, plugins_group, schema_group, policy_group, docs_group)
OUTDATED = (
    "データベースの表がこのプログラムの版と合っていません。"
    "先に `juminzei db migrate` を実行してください。 (DATABASE_OUTDATED)"
)


def build_cli(runtime: Runtime) -> click.Group:
    """Make the command line of this deployment: what is switched off is not there."""
    group = click.Group("juminzei", help="個人住民税システム Juminzei")
    for command in (*OWN, *runtime.plugins.gather("commands")):
        if command.name in group.commands:
            raise StartError(f"two plug-ins bring the command {command.name}")
        group.add_command(command)
    speak_japanese(group)
    return group


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a refusal is one line on standard error.

    Exit codes: 0 done; 1 refused, failed, or something waits for people; 2 not understood, not set up, or
    refused before anything began.
    """
    try:
        runtime = build_runtime(environment())
        sys.exit(
            build_cli(runtime).main(args=arguments, prog_name=PROGRAM, obj=runtime, standalone_mode=False)
        )
    except (StartError, JuminzeiError) as error:
        tell(early_line(error))
        sys.exit(2)
    except DBAPIError as error:
        if not lacks_tables(error):
            raise
        tell(OUTDATED)
        sys.exit(2)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        tell(click_line(error))
        sys.exit(error.exit_code)
    except click.Abort:  # Ctrl-C: whoever was running has put everything away
        sys.exit(130)
