"""The year as a whole: news of the register after the freeze, how far each room has come, the demo's year."""
