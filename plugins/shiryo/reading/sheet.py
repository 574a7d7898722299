"""Records of one layout side by side: what many of them say under one item can be looked at at once."""

from collections.abc import Collection, Sequence, Set

from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.record import Record

Column = Sequence[str]


class Sheet:
    """Records that have fields, and their values by item: `columns[place][at]`.

    Most items of a layout are empty in all records: `filled` are the places of the others.
    """

    def __init__(self, form: Form, records: Sequence[Record]) -> None:
        self.form = form
        self.records = records
        self._empty: Column = ("",) * len(records)
        self.columns = self._side_by_side([record.fields for record in records])
        self.filled = {place for place, column in enumerate(self.columns) if column != self._empty}

    def column(self, name: str | None) -> Column:
        """Return the values of an item; empty ones where the layout has no such item."""
        place = self.form.index.get(name or "")
        return self._empty if place is None else self.columns[place]

    @property
    def bad(self) -> Sequence[tuple[int, Set[int]]]:
        """Return who has items that are faulty in themselves, and the places of these."""
        return [(at, record.bad) for at, record in enumerate(self.records) if record.bad]

    def without(self, places: Collection[int]) -> "Sheet":
        """Return the sheet of the other records."""
        return Sheet(self.form, [record for at, record in enumerate(self.records) if at not in places])

    def reliable(self) -> Sequence[Column]:
        """Return the columns without the values that are faulty in themselves."""
        if not any(record.bad for record in self.records):
            return self.columns
        return self._side_by_side([_reliable(record) for record in self.records])

    def _side_by_side(self, rows: Sequence[Column]) -> Sequence[Column]:
        """Turn rows into columns; of a layout with hundreds of items, only those that a record fills."""
        if rows and not self.records[0].places:
            return list(zip(*rows, strict=True))
        places = set().union(*(record.places for record in self.records))
        filled = {place: [""] * len(rows) for place in places}
        for at, (record, row) in enumerate(zip(self.records, rows, strict=True)):
            for place in record.places:
                filled[place][at] = row[place]
        return [filled.get(place, self._empty) for place in range(len(self.form.items))]


def _reliable(record: Record) -> Column:
    if not record.bad:
        return record.fields
    return ["" if place in record.bad else text for place, text in enumerate(record.fields)]
