"""`juminzei demo`: a synthetic city that answers queries, on a machine with nothing but Python."""

import asyncio
import os
import shlex
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson

from core.commands.refusals import click_line, tell
from core.demo.city import DemoCity, DemoQuery
from core.demo.memory import recall, remember
from core.errors import StartError
from core.identity.demo import DemoSignIn, create_demo_staff
from core.identity.opening import open_identity
from core.identity.settings import TOKEN_MINUTES
from core.runtime import Runtime
from core.settings import PROFILE, environment
from core.storage.address import DATABASE_URL
from core.storage.migrations import migrate
from schema.build import build_runtime
from schema.serve import listen, run_workers, url_of
from schema.transport import has_tls
from schema.workers import stop_signals

SIGN_IN = """トークンの有効期限が切れたら、サインインして受け取り直します（codeは認証アプリの6桁）:
  mutation { signIn(staffNumber: "…", password: "…", code: "…") { accessToken refreshToken } }"""
INVITATION = "をブラウザーで開き、トークンと問い合わせを貼り付けてください。Ctrl-C で終わります。"


@dataclass
class DemoSheet:
    """What the demo prints: who can sign in and how, what to ask, and where (empty: it does not serve)."""

    people: int
    sign_ins: list[DemoSignIn]
    queries: list[DemoQuery]
    url: str = ""


@click.command("demo")
@click.option("--people", type=click.IntRange(1, 1_000_000), default=300, show_default=True, help="人数")
@click.option("--seed", type=int, default=2026, show_default=True, help="乱数の種。同じ種は同じ市になります")
@click.option("--no-serve", is_flag=True, help="作るだけで、サーバーは起動しない")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1つのJSONで出力")
@click.pass_obj
def demo(runtime: Runtime, *, people: int, seed: int, no_serve: bool, as_json: bool) -> None:
    """架空の市を作り、1年分の処理をして、GraphQLで答えます。"""
    runtime = _as_demo(runtime)
    with stop_signals(), ExitStack() as stack:
        listening = None if no_serve else stack.enter_context(listen(runtime))
        address = stack.enter_context(runtime.database_address())
        asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
        city = asyncio.run(_recall(runtime))
        if city is None:
            city = DemoCity(runtime, people, seed)
            _live(city, is_told=not as_json)
            asyncio.run(_seed(city))
        sheet = asyncio.run(_prepare(city))
        sheet.url = "" if listening is None else url_of(listening, tls=has_tls(runtime))
        if listening is None:
            _show(sheet, as_json=as_json)
        else:
            run_workers(runtime, listening, lambda: _show(sheet, as_json=as_json))


def _show(sheet: DemoSheet, *, as_json: bool) -> None:
    click.echo(orjson.dumps(asdict(sheet)) if as_json else _as_text(sheet))


def _as_demo(runtime: Runtime) -> Runtime:
    """Switch to the demo profile, unless this may be a real city's database."""
    sources = runtime.settings.sources
    is_stated = sources.origin(PROFILE) != "default"
    if runtime.is_production and (is_stated or runtime.settings[DATABASE_URL]):
        raise StartError("no synthetic people are put into a real city's database (state profile = demo)")
    return build_runtime({**environment(), PROFILE.variable: "demo"})


async def _recall(runtime: Runtime) -> DemoCity | None:
    async with runtime.open_database() as database, database.read() as session:
        return await recall(session, runtime)


def _live(city: DemoCity, *, is_told: bool) -> None:
    """Type the commands of the city, and show them with what they say."""
    with ExitStack() as stack:
        if not is_told:
            stack.enter_context(redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="juminzei-demo-")))
        commands = city.runtime.plugins.answers("demo_commands", city=city, folder=folder)
        for words in chain.from_iterable(commands):
            click.secho(f"\n$ juminzei {shlex.join(words)}", bold=True)
            _type(city.runtime, words)


def _type(runtime: Runtime, words: Sequence[str]) -> None:
    """Run one command; what it refuses is shown, and leaves the city without what it would have brought."""
    group = click.Group("juminzei", {command.name: command for command in runtime.plugins.gather("commands")})
    try:
        group.main(list(words), obj=runtime, standalone_mode=False)
    except click.ClickException as refusal:
        tell(click_line(refusal))
    except SystemExit:
        return


async def _seed(city: DemoCity) -> None:
    async with city.runtime.open_database() as database, database.transaction() as session:
        await city.runtime.plugins.run("seed_demo", session=session, city=city)
        await remember(session, city)


async def _prepare(city: DemoCity) -> DemoSheet:
    runtime = city.runtime
    async with runtime.open_database() as database, database.transaction() as session:
        sign_ins = await create_demo_staff(session, open_identity(runtime, database))
    return DemoSheet(city.people, sign_ins, runtime.plugins.gather("demo_queries", city=city))


def _as_text(sheet: DemoSheet) -> str:
    parts = [f"架空の市ができました（{sheet.people}人）。", *map(_sign_in, sheet.sign_ins), SIGN_IN]
    parts += [_query(number, query) for number, query in enumerate(sheet.queries, 1)]
    if sheet.url:
        parts.append(f"{sheet.url} {INVITATION}")
    return "\n\n".join(parts)


def _sign_in(person: DemoSignIn) -> str:
    return (
        f"■ {person.name}（{person.role}）  職員番号 {person.staff_number}  パスワード {person.password}\n"
        f"  認証アプリ {person.totp_uri}\n"
        f"  トークン（{TOKEN_MINUTES.default}分有効） {person.token}"
    )


def _query(number: int, query: DemoQuery) -> str:
    variables = orjson.dumps(query.variables).decode()
    return f"▼ 問い合わせ{number}: {query.title}（{query.staff}）\n{query.query.strip()}\n変数 {variables}"
