"""The My Number vault: seals, opens and finds numbers; its keys lie outside of the database."""
