"""Builds the Runtime of a deployment from its environment; every fault stops here with one line."""

from collections.abc import Mapping

from core.access.policy import Policy
from core.clock import Clock
from core.loading import PLUGINS, REQUIRED_PLUGINS, load
from core.plugins import Plugins
from core.runtime import Runtime
from core.settings import Settings, Sources


def build_runtime(environ: Mapping[str, str], clock: Clock | None = None) -> Runtime:
    """Load plug-ins, then their settings, then the merged policy; raises StartError."""
    sources = Sources(environ)
    plugins = load(sources.read(PLUGINS), sources.read(REQUIRED_PLUGINS))
    settings = Settings(plugins.gather("settings"), sources)
    return Runtime(settings, plugins, load_policy(plugins), clock or Clock())


def load_policy(plugins: Plugins) -> Policy:
    """Merge and compile the policy files of core and of every enabled plug-in."""
    files = plugins.gather("policy")
    return Policy.load({str(file): file.read_text(encoding="utf-8") for file in files})
