"""Each fault is planted where the truth says, and nowhere else: a city with it differs there alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from plugins.atena.api import is_my_number
from plugins.shiryo.api import load_layout
from plugins.synth.api import CityFiles, Fault, Plan, read_city, write_city
from plugins.synth.errors import FaultNotPlanted, FolderTaken
from plugins.synth.faults.kinds import of_block, of_employers

ALWAYS = {"truth.jsonl"}
REGISTER = {"juki/feed.jsonl", "juki/manifest.json"}
MORE = {
    Fault.CANCELLED_SLIP: {"senders.jsonl"},
    Fault.DUPLICATE_PENSION: {"senders.jsonl"},
    Fault.NAMESAKE: {*REGISTER, "facts.jsonl"},
    Fault.MOVED_2_JANUARY: REGISTER,
}
"""Files that change beside those of the documents and their manifests."""


def plan(people: int, *faults: Fault) -> Plan:
    return Plan(people, year=2025, seed=7, faults=frozenset(fault.value for fault in faults))


def one_fault(city: CityFiles, fault: Fault, tmp_path: Path) -> CityFiles:
    write_city(plan(1_500, fault), tmp_path / "struck")
    return read_city(tmp_path / "struck")


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def differing(first: Path, second: Path) -> set[str]:
    before, after = contents(first), contents(second)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def with_manifests(files: set[str]) -> set[str]:
    return files | {f"{name.rpartition('/data/')[0]}/manifest.json" for name in files}


def places(struck: CityFiles, planted: Sequence[Mapping[str, Any]]) -> set[str]:
    papers = {paper for one in planted for paper in one["documents"]}
    return with_manifests({one["file"] for one in struck.truth["document"] if one["id"] in papers})


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CANCELLED_SLIP,
        Fault.DUPLICATE_PENSION,
        Fault.NAMESAKE,
        Fault.WRONG_CHECK_DIGIT,
        Fault.MOVED_2_JANUARY,
        Fault.TWO_CLAIMANTS,
    ],
)
def test_a_fault_of_people_changes_the_files_of_its_documents_alone(
    clean: CityFiles, fault: Fault, tmp_path: Path
) -> None:
    struck = one_fault(clean, fault, tmp_path)

    shown = set() if fault is Fault.MOVED_2_JANUARY else places(struck, struck.faults(fault))
    assert differing(clean.out, struck.out) == ALWAYS | MORE.get(fault, set()) | shown
    assert len(struck.truth["fault"]) == len(struck.faults(fault)) == (2 if fault is Fault.NAMESAKE else 1)


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        (Fault.MISSING_SENDER, {"data/315.csv", "manifest.json"}),
        (Fault.TRUNCATED_FILE, {"data/315.csv"}),
        (Fault.CHANGED_TOTAL, {"manifest.json"}),
        (Fault.WRONG_ENCODING, {"data/315.csv", "manifest.json"}),
    ],
)
def test_a_fault_of_a_file_changes_that_delivery_alone(
    clean: CityFiles, fault: Fault, changed: set[str], tmp_path: Path
) -> None:
    struck = one_fault(clean, fault, tmp_path)

    [planted] = struck.truth["fault"]
    assert planted["fault"] == fault
    assert differing(clean.out, struck.out) == ALWAYS | {f"{planted['folder']}/{name}" for name in changed}


def rows(city: CityFiles, planted: Mapping[str, Any]) -> list[dict[str, str]]:
    """The records of the documents that show a fault, in the order of its list."""
    found = []
    for paper in planted["documents"]:
        [place] = [one for one in city.truth["document"] if one["id"] == paper]
        layout = load_layout(place["layout"], year=2024)
        records = layout.read(city.out / place["file"], "")
        record = next(record for record in records if record.number == place["record"])
        found.append({item.name: record[item.name] for item in layout.items})
    return found


def test_a_cancelled_slip_is_taken_back_by_the_same_payer(city: CityFiles) -> None:
    [planted] = city.faults(Fault.CANCELLED_SLIP)
    slip, taken_back = rows(city, planted)

    assert (slip["correction"], taken_back["correction"]) == ("0", "3")
    assert {**slip, "correction": "3"} == taken_back


def test_a_duplicate_pension_stands_in_another_file_word_for_word(city: CityFiles) -> None:
    [planted] = city.faults(Fault.DUPLICATE_PENSION)
    [again] = planted["documents"]
    first, second = rows(city, {"documents": [again.removesuffix("-again"), again]})

    assert first == second


def test_namesakes_share_name_and_birthday_and_no_document_has_their_number(city: CityFiles) -> None:
    first, second = (one["people"][0] for one in city.faults(Fault.NAMESAKE))
    people = {one["serial"]: one for one in city.truth["person"]}
    papers = [row for one in city.faults(Fault.NAMESAKE) for row in rows(city, one)]

    assert all(people[first][item] == people[second][item] for item in ("kana", "birth", "sex"))
    assert people[first]["household"] != people[second]["household"]
    assert [row["my_number"] for row in papers] == [""] * len(papers)
    assert len({row["name"] for row in papers}) == 1
    assert len({row["address"] for row in papers}) == 2


def test_a_wrong_check_digit_is_wrong_in_that_digit_alone(city: CityFiles) -> None:
    [planted] = city.faults(Fault.WRONG_CHECK_DIGIT)
    [person] = [one for one in city.truth["person"] if one["serial"] == planted["people"][0]]
    [row] = rows(city, planted)

    assert not is_my_number(row["my_number"][1:])
    assert row["my_number"][1:-1] == person["my_number"][:-1]


def test_who_moved_on_2_january_is_taxed_elsewhere_but_has_documents_here(city: CityFiles) -> None:
    [planted] = city.faults(Fault.MOVED_2_JANUARY)
    [person] = [one for one in city.truth["person"] if one["serial"] == planted["people"][0]]

    assert (person["stay"], person["taxed_here"]) == ("moved_in_2_january", False)
    assert person["taxed_by"] == "332020"
    assert person["documents"] == planted["documents"]
    assert [one["serial"] for one in city.truth["person"] if one["documents"] and not one["taxed_here"]] == [
        person["serial"]
    ]


def test_two_claimants_state_the_same_child(city: CityFiles) -> None:
    [planted] = city.faults(Fault.TWO_CLAIMANTS)
    people = {one["serial"]: one for one in city.truth["person"]}
    second = people[planted["people"][0]]
    [claimant] = [one for one in people.values() if one["household"] == second["household"] and one["claims"]]
    [row] = rows(city, planted)

    stated = {row[f"{place}_{n}_number"][1:] for place in ("dependant", "under16") for n in (1, 2, 3, 4)} - {
        ""
    }
    assert claimant["serial"] != second["serial"]
    assert stated == {people[serial]["my_number"] for serial in claimant["claims"]}
    assert "dependants" not in city.lines("facts.jsonl")[second["serial"] - 1]


def test_a_missing_sender_is_expected_and_its_documents_are_known(city: CityFiles) -> None:
    [planted] = city.faults(Fault.MISSING_SENDER)
    code = planted["folder"].rpartition("/")[2]
    [sender] = [one for one in city.lines("senders.jsonl") if one["code"] == code]

    assert not (city.out / planted["folder"]).exists()
    undelivered = [one["file"] for one in city.truth["document"] if not one["delivered"]]
    assert undelivered == [f"{planted['folder']}/{planted['file']}"] * sender["documents"]


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (Fault.TRUNCATED_FILE, {"COLUMN_COUNT", "NO_FINAL_NEWLINE"}),
        (Fault.WRONG_ENCODING, {"ENCODING"}),
        (Fault.CHANGED_TOTAL, set()),
    ],
)
def test_the_reader_says_what_is_wrong_with_a_struck_file(
    city: CityFiles, fault: Fault, codes: set[str]
) -> None:
    [planted] = city.faults(fault)
    path = city.out / planted["folder"] / planted["file"]

    reading = load_layout("salary_report", year=2024).read(path, path.name).finish()
    assert {finding.code for finding in reading.findings} == codes


def test_a_changed_total_is_not_the_sum_of_the_file(city: CityFiles) -> None:
    [planted] = city.faults(Fault.CHANGED_TOTAL)
    folder = city.out / planted["folder"]
    [file] = next(manifest for path, manifest in city.deliveries if path == folder)["files"]

    records = load_layout("salary_report", year=2024).read(folder / file["name"], "")
    assert file["totals"]["payment"] - sum(record.amount("payment") for record in records) == 1_000


@pytest.mark.parametrize(("people", "times"), [(3_000, 1), (20_000, 1), (60_000, 3)])
def test_larger_cities_have_more_faults(people: int, times: int) -> None:
    large = plan(people, *Fault)
    assert len(of_employers(large)) == 4 * times
    assert sum(len(of_block(large, block)) for block in range(large.blocks)) == 6 * times


def test_a_city_too_small_for_a_fault_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultNotPlanted) as refused:
        write_city(plan(3, Fault.TWO_CLAIMANTS), tmp_path / "out")
    assert refused.value.details == {"fault": "two-claimants"}


def test_nothing_is_written_into_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    with pytest.raises(FolderTaken):
        write_city(plan(10), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
