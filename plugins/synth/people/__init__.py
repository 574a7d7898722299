"""The people of the city: who lives with whom, since when, and what each earned in the income year."""
