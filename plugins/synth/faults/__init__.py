"""Faults planted on purpose: which, how often, and whom they strike; docs/plugins/synth.md lists them."""
