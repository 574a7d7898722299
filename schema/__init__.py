"""The composition root: core and the enabled plug-ins become one schema, one server, one command."""
