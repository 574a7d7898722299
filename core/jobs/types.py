"""What a plug-in says about a kind of long work, and the kinds that a deployment knows."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import StartError
from core.jobs.errors import JobParameterInvalid, JobTypeUnknown
from core.jobs.job import Job
from core.jobs.state import Outcome


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind of job: how to read it, what it is for (Japanese), its default.

    `parse` takes text (the readers of `core.settings` fit) and raises ValueError or KeyError. A default of
    None means that the parameter must be given.
    """

    parse: Callable[[str], Any]
    help: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class JobType:
    """A kind of job: a stable name (`audit.verify`), its Japanese label, and the coroutine that does it.

    `run` works in steps, going on from `job.cursor`; see docs/jobs.md. `key` makes text of the parameters:
    of all jobs with the same key, whatever their type, only one is active at a time.
    """

    name: str
    label: str
    run: Callable[[Job], Awaitable[Outcome]]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    key: Callable[[Mapping[str, Any]], str] | None = None

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Check parameters and fill in defaults; raises JobParameterInvalid naming the first bad one."""
        for name in given:
            if name not in self.parameters:
                raise JobParameterInvalid(field=name, rule="unknown")
        return {name: _read(name, parameter, given) for name, parameter in self.parameters.items()}


def collect(types: Iterable[JobType]) -> dict[str, JobType]:
    """Return the kinds of job by name; raises StartError if two share one."""
    known: dict[str, JobType] = {}
    for kind in types:
        if kind.name in known:
            raise StartError(f"two plug-ins bring the job {kind.name}")
        known[kind.name] = kind
    return known


def find(types: Mapping[str, JobType], name: str) -> JobType:
    """Return the kind of job called `name`; raises JobTypeUnknown."""
    if name not in types:
        raise JobTypeUnknown
    return types[name]


def _read(name: str, parameter: Parameter, given: Mapping[str, Any]) -> Any:
    value = given.get(name, parameter.default)
    if value is None:
        raise JobParameterInvalid(field=name, rule="required")
    try:
        return parameter.parse(str(value).lower() if isinstance(value, bool) else str(value))
    except (ValueError, KeyError):
        raise JobParameterInvalid(field=name, rule=parameter.help) from None
