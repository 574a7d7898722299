"""One folder per municipal process; each can be switched on or off per deployment."""
