"""A whole city on disk: blocks first, then the senders' files, then what must be known of all of them."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from plugins.synth.documents.senders import sender_of
from plugins.synth.documents.spoiled import Planted
from plugins.synth.errors import FaultNotPlanted, FolderTaken
from plugins.synth.faults.kinds import Fault, of_employers, times
from plugins.synth.feed import Event, load_day, message
from plugins.synth.plan import Plan
from plugins.synth.writing.deliveries import MAIN_FILE, Written, deliver, write_manifest
from plugins.synth.writing.lines import Lines
from plugins.synth.writing.output import output_of
from plugins.synth.writing.pool import in_order
from plugins.synth.writing.spool import Calendar, Spool

SPOOL = ".spool"


def write_city(
    plan: Plan, out: Path, workers: int = 1, progress: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Write a city into an empty folder and return counts by kind; `progress` hears of people done.

    The bytes depend on the plan alone. Raises FolderTaken, FaultNotPlanted.
    """
    return _City(plan, out, workers, progress).write()


class _City:
    """The files of a city while they are written."""

    def __init__(self, plan: Plan, out: Path, workers: int, progress: Callable[[int], None]) -> None:
        self.plan, self.out, self.workers, self.progress = plan, out, workers, progress
        self.counts: Counter[str] = Counter()
        self.planted: list[Planted] = []
        self.files: list[tuple[str, str, bytes]] = []
        """Folder and name of each file, and what is announced of it, packed: there are tens of thousands."""

    def write(self) -> Counter[str]:
        if self.out.exists() and any(self.out.iterdir()):
            raise FolderTaken
        self.out.mkdir(parents=True, exist_ok=True)
        with (self.out / "truth.jsonl").open("wb") as truth:
            _line(truth, self._head())
            buckets = self._write_people(truth)
            self._write_files(truth, buckets)
            self._write_faults(truth)
        shutil.rmtree(self.out / SPOOL)
        self._write_manifests()
        return self.counts

    def _head(self) -> dict[str, Any]:
        plan = self.plan
        faults = sorted(plan.faults)
        return {"kind": "city", "people": plan.people, "year": plan.year, "seed": plan.seed, "faults": faults}

    def _write_people(self, truth: BinaryIO) -> list[Path]:
        """Write truth, facts, feed and 住登外者 block by block, and spool the documents."""
        first = load_day(self.plan)
        spool, later = Spool(self.plan, self.out / SPOOL), Calendar(self.out / SPOOL)
        feed, others = Lines(self.out / "juki", "feed.jsonl"), Lines(self.out / "jutogai", "jutogai.jsonl")
        with spool, later, feed, others, (self.out / "facts.jsonl").open("wb") as facts:
            for output in in_order(partial(output_of, self.plan), range(self.plan.blocks), self.workers):
                facts.writelines(output.facts)
                truth.writelines(output.people)
                others.write(output.non_residents)
                spool.add(output.documents)
                self.planted.extend(output.planted)
                feed.write(_messages(feed, (event for event in output.events if event.day == first)))
                for event in output.events:
                    if event.day > first:
                        later.add(event)
                self.progress(len(output.people))
            feed.write(_messages(feed, later.in_order()))
        self.counts.update(people=self.plan.people, feed=feed.count, non_residents=others.count)
        return spool.paths

    def _write_files(self, truth: BinaryIO, buckets: Iterable[Path]) -> None:
        work, struck = partial(deliver, self.plan, out=self.out), of_employers(self.plan)
        for delivered in in_order(work, buckets, self.workers):
            truth.writelines(delivered.truth)
            for file in delivered.files:
                self._count(file, struck.get(file.folder.rpartition("/")[2]))

    def _count(self, file: Written, fault: Fault | None) -> None:
        self.files.append((file.folder, file.name, orjson.dumps(file[2:])))
        self.counts[file.kind] += file.records
        self.counts["files"] += file.is_delivered
        if fault and file.name == MAIN_FILE:
            self.planted.append(Planted(fault, [], [], file.folder, file.name))

    def _write_faults(self, truth: BinaryIO) -> None:
        """Tell what was planted; everything asked for must have been."""
        found = Counter(fault.fault for fault in self.planted)
        for asked in map(Fault, sorted(self.plan.faults)):
            if found[asked] < times(self.plan) * _SHOWN.get(asked, 1):
                raise FaultNotPlanted(fault=asked.value)
        for planted in self.planted:
            _line(truth, {"kind": "fault", **planted._asdict()})
        self.counts["faults"] = len(self.planted)

    def _write_manifests(self) -> None:
        """Write one manifest for each delivery, and the list of senders who are expected."""
        self.files.sort()
        with (self.out / "senders.jsonl").open("wb") as senders:
            for folder, group in groupby(self.files, key=lambda file: file[0]):
                files = [Written(folder, name, *orjson.loads(packed)) for _, name, packed in group]
                sender = sender_of(folder)
                said = {"code": sender.code, "kind": sender.kind, "name": sender.name}
                _line(senders, {**said, "documents": sum(file.records for file in files)})
                self.counts["senders"] += 1
                if files[0].is_delivered:
                    write_manifest(self.plan, self.out, files)


_SHOWN = {Fault.NAMESAKE: 2}
"""Faults that two people show."""


def _messages(feed: Lines, events: Iterable[Event]) -> Iterator[bytes]:
    return (message(feed.count + 1, event) for event in events)


def _line(file: BinaryIO, value: object) -> None:
    file.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
