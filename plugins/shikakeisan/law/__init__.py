"""The figures of the law: year files, municipality files, their gates and their differences."""
