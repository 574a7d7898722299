"""Commands of the rules: ``calc``, ``cases`` and ``years``."""

from plugins.shikakeisan.commands.calc import calc
from plugins.shikakeisan.commands.cases import cases
from plugins.shikakeisan.commands.years import years

COMMANDS = (calc, cases, years)
