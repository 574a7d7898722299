"""The files of the city: counts, digests and sums agree everywhere, and clean files are clean."""

import hashlib
import json
from collections import Counter, defaultdict

import pytest

from plugins.shikakeisan.api import assess_many
from plugins.shiryo.api import load_layout
from plugins.synth.api import CityFiles

FORGED_BY_DESIGN = {"truncated-file", "changed-total", "wrong-encoding", "missing-sender"}
DOCUMENT_KINDS = {"salary_report", "pension_report", "tax_return", "one_stop_notice", "resident_return"}


def records_of(city: CityFiles) -> dict[str, list[dict[str, str]]]:
    """Every delivered record by the person whom the truth names, with its kind."""
    owners = {(one["file"], one["record"]): one for one in city.truth["document"]}
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for folder, manifest in city.deliveries:
        for file in manifest["files"]:
            layout = load_layout(file["kind"], version=file["version"])
            name = (folder / file["name"]).relative_to(city.out).as_posix()
            for record in layout.read(folder / file["name"], file["name"]):
                said = {item.name: record[item.name] for item in layout.items}
                found[owners[name, record.number]["person"]].append({**said, "kind": file["kind"]})
    return found


def test_manifests_tell_the_bytes_the_counts_and_the_sums(clean: CityFiles) -> None:
    documents = Counter(one["file"] for one in clean.truth["document"])

    for folder, manifest in clean.deliveries:
        for file in manifest["files"]:
            path = folder / file["name"]
            layout = load_layout(file["kind"], version=file["version"])
            reading = layout.read(path, file["name"])
            sums = Counter[str]()
            for record in reading:
                sums.update({item: record.amount(item) for item in layout.form.total})
            assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert file["records"] == reading.records == documents.pop(path.relative_to(clean.out).as_posix())
            assert file["totals"] == dict(sums)
    assert not documents


def test_no_clean_document_gives_a_finding(clean: CityFiles) -> None:
    kinds = set()
    for folder, manifest in clean.deliveries:
        for file in manifest["files"]:
            layout = load_layout(file["kind"], version=file["version"])
            reading = layout.read(folder / file["name"], file["name"]).finish()
            found = [finding for finding in reading.findings if finding.code not in OTHER_YEAR]
            assert found == []
            kinds.add(file["kind"])
    assert kinds == DOCUMENT_KINDS


OTHER_YEAR = {"LAYOUT_YEAR"}
"""KOA020 v23 is published for R7 alone: of a return of another year the reader says so."""


def test_every_sender_is_expected_with_as_many_documents_as_it_has(city: CityFiles) -> None:
    owed = Counter(one["file"].split("/")[1] for one in city.truth["document"])

    assert {one["code"].split("-")[-1]: one["documents"] for one in city.lines("senders.jsonl")} == owed


def test_documents_of_people_are_the_documents_of_files(city: CityFiles) -> None:
    held = {(one["person"], one["id"]) for one in city.truth["document"]}

    assert {(one["serial"], paper) for one in city.truth["person"] for paper in one["documents"]} == held
    assert len(held) == len(city.truth["document"])


def test_who_is_taxed_elsewhere_has_no_document_here(clean: CityFiles) -> None:
    elsewhere = [one for one in clean.truth["person"] if not one["taxed_here"]]

    assert elsewhere
    assert all(one["documents"] == [] for one in elsewhere)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_facts_of_everybody_are_accepted(city: CityFiles, year: int) -> None:
    outcomes = list(assess_many(year, "331007", city.lines("facts.jsonl")))

    assert [outcome.errors for outcome in outcomes] == [()] * 3_000
    assert [outcome.assumed for outcome in outcomes] == [[]] * 3_000


def test_the_facts_are_what_the_documents_say(clean: CityFiles) -> None:
    facts = clean.lines("facts.jsonl")
    checked = Counter[str]()

    for person, records in records_of(clean).items():
        stated = facts[int(person) - 1]
        slips = [one for one in records if one["kind"] == "salary_report"]
        pensions = [one for one in records if one["kind"] == "pension_report"]
        gifts = [one for one in records if one["kind"] == "one_stop_notice"]
        paid = {
            "salary": sum(int(one["payment"]) for one in slips),
            "pension": sum(
                int(one[band] or 0) for one in pensions for band in ("band_3_payment", "band_7_payment")
            ),
        }
        for name, amount in paid.items():
            assert stated.get(name, 0) == amount
            checked[name] += bool(amount)
        if gifts:
            assert stated["one_stop"] is True
            assert stated["donation_furusato"] == sum(int(one["donation"]) for one in gifts)
            checked["one_stop"] += 1
        for one in records:
            if one["kind"] == "tax_return":
                assert int(one["salary"] or 0) == paid["salary"]
                assert int(one["pension"] or 0) == paid["pension"]
                assert int(one["business_income"] or 0) == stated.get("business", 0)
                checked["return"] += 1
    assert min(checked[name] for name in ("salary", "pension", "one_stop", "return")) > 30


def test_the_feed_is_numbered_dated_and_sealed(city: CityFiles) -> None:
    messages = city.lines("juki/feed.jsonl")
    manifest = json.loads((city.out / "juki" / "manifest.json").read_text())["files"][0]

    assert [one["sequence"] for one in messages] == list(range(1, len(messages) + 1))
    assert [one["issuedAt"] for one in messages] == sorted(one["issuedAt"] for one in messages)
    for one in messages:
        text = json.dumps(one["event"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert one["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert manifest["records"] == len(messages)
    assert manifest["sha256"] == hashlib.sha256((city.out / "juki" / "feed.jsonl").read_bytes()).hexdigest()


def test_the_register_ends_with_whom_the_truth_names(city: CityFiles) -> None:
    here: dict[str, bool] = {}
    for one in city.lines("juki/feed.jsonl"):
        kind, number = one["event"]["kind"], one["event"]["atenaNumber"]
        if kind in {"move_in", "birth"}:
            assert number not in here
        else:
            assert here[number] is True
        here[number] = kind not in {"death", "move_out"}

    expected = {
        one["atena_number"]: one["died"] is None and not one["stay"].startswith("moved_out")
        for one in city.truth["person"]
        if one["atena_number"]
    }
    assert here == expected


def test_non_residents_stand_in_their_own_list_and_not_in_the_feed(city: CityFiles) -> None:
    listed = {one["serial"] for one in city.lines("jutogai/jutogai.jsonl")}

    assert listed == {one["serial"] for one in city.truth["person"] if one["stay"] == "non_resident"}
    assert listed
