"""Commands of the rules (``calc``, ``cases``, ``years``) and of a 課税年度 (``year``, ``dump``)."""

from plugins.shikakeisan.assessment.commands import dump_year
from plugins.shikakeisan.commands.calc import calc
from plugins.shikakeisan.commands.cases import cases
from plugins.shikakeisan.commands.year import year
from plugins.shikakeisan.commands.years import years

COMMANDS = (calc, cases, years, year, dump_year)
