"""`juminzei jobs`, run as a process: follow, JSON lines, Ctrl-C, list, show, cancel, resume."""

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from core.jobs import service
from core.jobs.state import JobState

SLOWLY = ("--param", "size=1", "--param", "pause=20")
Start = Callable[..., "subprocess.Popen[str]"]


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


async def test_run_works_on_its_job_and_tells_the_end(house: Any, process: Start) -> None:
    code, output, _ = finish(process("run", "sample.count", "--param", "units=25"))

    assert code == 0
    assert output.splitlines()[-1] == "#1  sample.count  完了  25 / 25  25件まで"
    assert await house.units(1) == list(range(25))


async def test_in_production_nobody_runs_jobs_in_the_name_of_the_system(
    house: Any, process: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_PROFILE", "production")

    code, output, errors = finish(process("run", "sample.count", "--param", "units=25"))

    assert (code, output, "PERSON_REQUIRED" in errors) == (2, "", True)
    assert await house.units(1) == []


async def test_run_as_json_gives_one_object_per_line(house: Any, process: Start) -> None:
    code, output, _ = finish(process("run", "sample.count", "--param", "units=25", "--json"))

    lines = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert lines[-1]["state"] == "done"
    assert lines[-1]["result"] == {"units": 25, "errors": 0}
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)


async def test_a_failed_job_gives_exit_code_one_and_its_reason(process: Start) -> None:
    code, output, _ = finish(process("run", "sample.refuse"))

    assert code == 1
    assert output.splitlines()[-1] == "#1  sample.refuse  失敗  1  件数が一致しません。"


async def test_ctrl_c_asks_to_cancel_and_resume_goes_on(house: Any, process: Start) -> None:
    running = process("run", "sample.count", *SLOWLY, "--param", "units=200")
    await house.until_there(1)
    await house.until(1, lambda status: status.done > 0)

    running.send_signal(signal.SIGINT)
    code, _, errors = finish(running)
    cancelled = await house.status(1)
    resumed, output, _ = finish(process("resume", "1"))

    assert (code, cancelled.state) == (1, JobState.CANCELLED)
    assert "中止を依頼しました" in errors
    assert resumed == 0
    assert "完了" in output
    assert await house.units(1) == list(range(200))


async def test_a_detached_job_waits_for_a_worker(house: Any) -> None:
    answer = await house.invoke("run", "sample.count", "--param", "units=1", "--detach")

    assert (answer.exit_code, answer.output) == (0, "#1  sample.count  待機中  0\n")
    assert (await house.status(1)).state is JobState.QUEUED


async def test_list_show_and_cancel(house: Any, kinds: Any) -> None:
    for _ in range(2):
        await house.enqueue(kinds.COUNT, units=1)

    listed = await house.invoke("list", "--limit", "1")
    shown = await house.invoke("show", "1", "--json")
    cancelled = await house.invoke("cancel", "1")

    assert listed.output == "#2  sample.count  待機中  0\n"
    assert json.loads(shown.output)["requester"] == "100200"
    assert cancelled.output == "#1  sample.count  中止  0\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("run", "sample.unknown"), "JOB_TYPE_UNKNOWN"),
        (("run", "sample.count"), "JOB_PARAMETER_INVALID"),
        (("show", "404"), "NOT_FOUND"),
        (("cancel", "404"), "NOT_FOUND"),
        (("resume", "404"), "NOT_FOUND"),
    ],
)
async def test_a_refusal_is_left_to_the_command_line(
    house: Any, arguments: tuple[str, ...], code: str
) -> None:
    answer = await house.invoke(*arguments)

    assert answer.output == ""
    assert answer.exception.code == code


async def test_a_parameter_needs_a_name_and_a_value(house: Any) -> None:
    answer = await house.invoke("run", "sample.count", "--param", "units")

    assert answer.exit_code == 2
    assert "KEY=VALUE" in answer.output


async def test_a_follower_ends_when_somebody_else_cancels(house: Any, process: Start) -> None:
    running = process("run", "sample.count", *SLOWLY, "--param", "units=10000")
    await house.until_there(1)

    await house.change(service.cancel, 1)

    assert finish(running)[0] == 1
    assert (await house.status(1)).state is JobState.CANCELLED
