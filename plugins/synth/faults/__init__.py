"""Faults planted on purpose, each at a known place; docs/plugins/synth.md lists them."""
