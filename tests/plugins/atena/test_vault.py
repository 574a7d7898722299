"""The vault: keys outside of the database, seals that cannot be moved, rotation that can be stopped."""

import re
import stat
import time
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import asyncpg
import pytest
from sqlalchemy import insert, select

from core.checks import CheckState
from core.errors import StartError
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.address import ServerAddress
from core.storage.database import Database
from plugins.atena import tables
from plugins.atena.api import holders_of
from plugins.atena.check_digits import modulus_11
from plugins.atena.errors import SealBroken
from plugins.atena.queries import my_numbers, persons
from plugins.atena.vault.checks import check_vault
from plugins.atena.vault.keyring import (
    VAULT_KEY_FILE,
    Keyring,
    add_key,
    create_key_file,
    key_file,
    open_keyring,
)
from plugins.atena.vault.rotation import rotate
from plugins.atena.vault.seal import Sealed, blind_index, blind_indexes, seal, unseal

NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
NUMBER = "621498320257"
DIGITS = re.compile(rb"(?=([0-9]{12}))")
WIDE_DIGITS = re.compile(rb"(?=((?:[0-9]\0){12}))")


def production(file: Path) -> Settings:
    environ = {"JUMINZEI_PROFILE": "production", "JUMINZEI_VAULT_KEY_FILE": str(file)}
    return Settings([PROFILE, DATA_DIR, VAULT_KEY_FILE], Sources(environ))


def test_a_seal_opens_for_its_person(keyring: Keyring) -> None:
    sealed = seal(keyring, 7, NUMBER)

    assert unseal(keyring, 7, sealed) == NUMBER
    assert NUMBER.encode() not in sealed.sealed + sealed.blind_index


def test_two_seals_of_one_number_differ_but_are_found_alike(keyring: Keyring) -> None:
    one, other = seal(keyring, 7, NUMBER), seal(keyring, 7, NUMBER)

    assert one.sealed != other.sealed
    assert one.blind_index == other.blind_index
    assert blind_indexes(keyring, NUMBER) == [one.blind_index]


@pytest.mark.parametrize("place", [0, 11, 12, 23, 39])
def test_an_altered_seal_is_broken(keyring: Keyring, place: int) -> None:
    sealed = seal(keyring, 7, NUMBER)
    altered = bytearray(sealed.sealed)
    altered[place] ^= 1

    with pytest.raises(SealBroken):
        unseal(keyring, 7, sealed._replace(sealed=bytes(altered)))


def test_seals_cannot_be_swapped_between_persons(keyring: Keyring) -> None:
    one, other = seal(keyring, 7, NUMBER), seal(keyring, 8, "123456789018")

    with pytest.raises(SealBroken):
        unseal(keyring, 7, other)
    with pytest.raises(SealBroken):
        unseal(keyring, 8, one)


def test_a_seal_does_not_open_with_another_key_or_version(keyring: Keyring) -> None:
    sealed = seal(keyring, 7, NUMBER)
    stranger = Keyring({1: b"x" * 32, 2: b"y" * 32})

    for version in (1, 2, 3):
        with pytest.raises(SealBroken):
            unseal(stranger, 7, Sealed(sealed.sealed, sealed.blind_index, version))


def test_the_index_needs_the_key(keyring: Keyring) -> None:
    assert blind_indexes(keyring, NUMBER) != blind_indexes(Keyring({1: b"x" * 32}), NUMBER)


def test_development_makes_a_key_file_for_the_owner_only(settings: Settings) -> None:
    first = open_keyring(settings)

    assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600
    assert open_keyring(settings) is first


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "vault.keys"
    create_key_file(file)
    before = file.read_text()
    create_key_file(file)

    assert file.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["vault.keys"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        "1:short",
        "1:YWJj\n",
        "x:" + "A" * 43 + "=\n",
        "1:" + "A" * 43 + "=\n1:" + "B" * 43 + "=\n",
    ],
)
def test_a_malformed_key_file_stops_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "vault.keys"
    file.write_text(content)
    file.chmod(0o600)

    with pytest.raises(StartError, match=r"vault key file"):
        open_keyring(production(file))


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644])
def test_a_key_file_that_others_can_read_stops_the_start(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "vault.keys"
    create_key_file(file)
    file.chmod(mode)

    with pytest.raises(StartError, match=r"chmod 600"):
        open_keyring(production(file))


def test_production_makes_no_key_file(tmp_path: Path) -> None:
    file = tmp_path / "vault.keys"

    with pytest.raises(StartError, match=r"No such file"):
        open_keyring(production(file))
    assert not file.exists()


async def fill(database: Database, keyring: Keyring, count: int) -> dict[int, str]:
    numbers = {}
    async with database.transaction() as session:
        for position in range(count):
            person_id = await persons.add_person(session, f"{position:015d}", NOW)
            digits = f"{position:011d}"
            numbers[person_id] = digits + modulus_11(digits)
            row = seal(keyring, person_id, numbers[person_id])._asdict()
            frame = {"person_id": person_id, "valid_from": date(2020, 1, 1), "known_from": NOW}
            await session.execute(insert(tables.my_number), [{**frame, **row}])
    return numbers


async def opened(database: Database, keyring: Keyring) -> dict[int, str]:
    async with database.read() as session:
        rows = (await session.execute(select(tables.my_number))).all()
    return {row.person_id: unseal(keyring, row.person_id, row) for row in rows}


async def test_rotation_seals_every_number_with_the_new_key(database: Database, settings: Settings) -> None:
    numbers = await fill(database, open_keyring(settings), 25)

    done = await rotate(database, settings, batch=10)

    keyring = open_keyring(settings)
    assert (done.key_version, done.numbers, keyring.current.version) == (2, 25, 2)
    assert await opened(database, keyring) == numbers
    only_new = Keyring({2: b"not the key" * 2 + b"0123456789"})
    only_new.keys = {2: keyring.current}
    assert await opened(database, only_new) == numbers


async def test_a_stopped_rotation_is_finished_by_the_next(database: Database, settings: Settings) -> None:
    numbers = await fill(database, open_keyring(settings), 25)
    add_key(key_file(settings), 2)
    keyring = open_keyring(settings)
    async with database.transaction() as session:
        rows = await my_numbers.lock_older_seals(session, tables.my_number, 2, 10)
        anew = [
            {"row_id": row.id, **seal(keyring, row.person_id, numbers[row.person_id])._asdict()}
            for row in rows
        ]
        await my_numbers.replace_seals(session, tables.my_number, anew)

    done = await rotate(database, settings, batch=10)

    assert (done.key_version, done.numbers) == (2, 15)
    assert await opened(database, open_keyring(settings)) == numbers


async def test_numbers_are_found_and_read_in_the_middle_of_a_rotation(
    database: Database, settings: Settings
) -> None:
    numbers = await fill(database, open_keyring(settings), 6)
    add_key(key_file(settings), 2)
    keyring = open_keyring(settings)
    async with database.transaction() as session:
        rows = await my_numbers.lock_older_seals(session, tables.my_number, 2, 3)
        anew = [
            {"row_id": row.id, **seal(keyring, row.person_id, numbers[row.person_id])._asdict()}
            for row in rows
        ]
        await my_numbers.replace_seals(session, tables.my_number, anew)

    assert await opened(database, keyring) == numbers
    async with database.transaction() as session:
        for number in numbers.values():
            assert await my_numbers.is_held_by_another(session, blind_indexes(keyring, number), 0)


async def test_what_documents_keep_of_a_number_still_finds_it_after_a_rotation(
    database: Database, settings: Settings
) -> None:
    numbers = await fill(database, open_keyring(settings), 3)
    kept = {blind_index(open_keyring(settings), number): owner for owner, number in numbers.items()}

    await rotate(database, settings)

    async with database.read() as session:
        found = await holders_of(session, list(kept))
    assert {index: found[index] for index in kept} == {index: {owner} for index, owner in kept.items()}
    assert [blind_index(open_keyring(settings), number) for number in numbers.values()] == list(kept)


async def test_the_check_tells_a_wrong_key(database: Database, settings: Settings, tmp_path: Path) -> None:
    await fill(database, open_keyring(settings), 1)
    assert (await check_vault(database, settings)).state is CheckState.OK

    key_file(settings).unlink()

    assert (await check_vault(database, settings)).state is CheckState.FAILED


async def test_no_number_stands_in_the_files_of_the_database(
    database: Database, address: ServerAddress, settings: Settings, run_folder: Path
) -> None:
    """T-11 light: heap, index, write-ahead log and server log, as ASCII, UTF-16 and reversed."""
    begin = time.time()
    numbers = await fill_canaries(database, open_keyring(settings), 100)
    await write_to_disk(address)

    files = [path for path in (run_folder / "database").rglob("*") if path.is_file() and changed(path, begin)]

    assert any("pg_wal" in path.parts for path in files)
    assert [str(path) for path in files if _holds(path, numbers)] == []


async def write_to_disk(address: ServerAddress) -> None:
    """Copying a database by file makes a checkpoint, for which the owner needs no special right."""
    connection = await asyncpg.connect(address.at("postgres").owner_url)
    try:
        await connection.execute("CREATE DATABASE checkpoint STRATEGY file_copy")
        await connection.execute("DROP DATABASE checkpoint")
    finally:
        await connection.close()


def changed(path: Path, since: float) -> bool:
    return path.exists() and path.stat().st_mtime >= since - 1


async def fill_canaries(database: Database, keyring: Keyring, count: int) -> list[str]:
    chance, numbers = Random(11), []
    async with database.transaction() as session:
        for position in range(count):
            person_id = await persons.add_person(session, f"canary{position}", NOW)
            digits = f"{chance.randrange(10**10, 10**11)}"
            numbers.append(digits + modulus_11(digits))
            row = seal(keyring, person_id, numbers[-1])._asdict()
            frame = {"person_id": person_id, "valid_from": date(2020, 1, 1), "known_from": NOW}
            await session.execute(insert(tables.my_number), [{**frame, **row}])
    return numbers


def _holds(path: Path, numbers: list[str]) -> bool:
    content = path.read_bytes() if path.exists() else b""
    wanted = {number.encode() for number in numbers} | {number[::-1].encode() for number in numbers}
    plain = DIGITS.findall(content)
    wide = (match.replace(b"\0", b"") for match in WIDE_DIGITS.findall(content))
    return not wanted.isdisjoint(plain) or not wanted.isdisjoint(wide)


def test_the_scan_sees_what_it_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "page"
    for form in (NUMBER.encode(), NUMBER[::-1].encode(), f"99{NUMBER}7".encode(), NUMBER.encode("utf-16-le")):
        file.write_bytes(b"\xff" + form + b"\x01")
        assert _holds(file, [NUMBER])
