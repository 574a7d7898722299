"""The people of the synthetic city: plausible households and ages, and nobody real among them."""
