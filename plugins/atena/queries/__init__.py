"""All SQL of 宛名."""
