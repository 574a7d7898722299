"""Builds the Runtime of a deployment from its environment; every fault stops here with one line."""

from collections.abc import Mapping

from core.access.policy import POLICY_MINIMUM, Policy
from core.clock import Clock, MovableClock
from core.errors import StartError
from core.loading import load
from core.plugins import PLUGINS, REQUIRED_PLUGINS, Plugins
from core.runtime import Runtime
from core.settings import PROFILE, Settings, Sources
from schema.settings import SETTINGS


def build_runtime(environ: Mapping[str, str], clock: Clock | None = None) -> Runtime:
    """Load plug-ins, then their settings, then the merged policy; raises StartError."""
    sources = Sources(environ)
    plugins = load(sources.read(PLUGINS), sources.read(REQUIRED_PLUGINS))
    settings = Settings([*plugins.gather("settings"), *SETTINGS], sources)
    if isinstance(clock, MovableClock) and settings[PROFILE] == "production":
        raise StartError("a clock that can be moved is refused in production")
    return Runtime(settings, plugins, load_policy(plugins, settings[POLICY_MINIMUM]), clock or Clock())


def load_policy(plugins: Plugins, minimum: int) -> Policy:
    """Merge and compile the policy files of core and of every enabled plug-in."""
    files = plugins.gather("policy")
    return Policy.load({str(file): file.read_text(encoding="utf-8") for file in files}, minimum)
