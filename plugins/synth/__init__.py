"""A synthetic city (synth): writes the real files of a year with known truth and planted faults."""
