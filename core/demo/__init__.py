"""The synthetic city that `juminzei demo` makes, shared by the plug-ins that people it."""
