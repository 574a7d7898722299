"""The decisions of 宛名: registering and correcting persons, numbers and employers. Nothing here commits."""
