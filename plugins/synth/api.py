"""What proofs and benchmarks may use of the synthetic city: plan one, write it, read its truth."""

from plugins.synth.faults.kinds import Fault
from plugins.synth.plan import Plan
from plugins.synth.reading import CityFiles, read_city
from plugins.synth.writing.city import write_city

__all__ = ["CityFiles", "Fault", "Plan", "read_city", "write_city"]
