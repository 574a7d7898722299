"""The composition root: puts core and the enabled plug-ins together into one schema, one server, one command."""
