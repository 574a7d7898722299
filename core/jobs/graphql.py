"""Jobs in GraphQL: look, cancel, resume, and watch the progress. Plug-ins start theirs by own mutations."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import cast

import strawberry
from strawberry.scalars import JSON

from core.access.permission import Permission
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door, stream
from core.graphql.pages import Connection, connection, page_of
from core.graphql.parts import GraphQLParts
from core.graphql.request import INT64
from core.jobs import queries, service
from core.jobs.state import JobState, JobStatus

READ = Permission("core.job", "read")
RUN = Permission("core.job", "run")
CANCEL = Permission("core.job", "cancel")

strawberry.enum(JobState, name="JobState", description="ジョブの状態")


@strawberry.type(name="Job", description="時間のかかる処理。個人情報は含まない")
class JobView:
    """How a job stands."""

    id: strawberry.ID = column(READ, "ジョブの番号")
    type: str = column(READ, "種類（例: audit.verify）")
    parameters: JSON = column(READ, "パラメーター")
    requester: str = column(READ, "依頼した職員の番号")
    state: JobState = column(READ, "状態")
    done: int = column(READ, "済んだ件数")
    total: int | None = column(READ, "全体の件数。まだ分からないときはnull")
    message: str = column(READ, "進み具合の説明")
    result: JSON | None = column(READ, "結果の要約")
    error_code: str | None = column(READ, "失敗の理由のコード")
    error_message: str | None = column(READ, "失敗の理由")
    created_at: datetime = column(READ, "登録日時")
    started_at: datetime | None = column(READ, "開始日時")
    finished_at: datetime | None = column(READ, "終了日時")

    @classmethod
    def of(cls, status: JobStatus) -> "JobView":
        """Make the API's view of a row."""
        told = {name: getattr(status, name) for name in cls.__annotations__}
        return cls(**{**told, "id": strawberry.ID(str(status.id))})


@strawberry.type
class JobQuery:
    """Looking at jobs."""

    @door(READ, "ジョブの一覧（新しい順）")
    async def jobs(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[JobView]:
        """Return a page of the jobs, the newest first."""
        page = page_of(info, first, after, (int,))
        before = None if page.after is None else cast("int", page.after[0])
        rows = await queries.newest(info.context.read, page.size + 1, before)
        return connection(rows, page, node=JobView.of, key=lambda row: (row.id,))

    @door(READ, "1件のジョブ")
    async def job(self, info: Info, id: strawberry.ID) -> JobView:  # noqa: A002  # the argument's name in the API
        """Return one job."""
        return JobView.of(await service.get(info.context.read, _number(id)))


@strawberry.type
class JobMutation:
    """Changing what becomes of a job."""

    @door(CANCEL, "ジョブの中止を依頼する。実行中なら次の区切りで止まる")
    async def cancel_job(self, info: Info, id: strawberry.ID) -> JobView:  # noqa: A002  # see above
        """Cancel a waiting job, or ask a running one to stop."""
        return JobView.of(await service.cancel(info.context.write, _number(id)))

    @door(
        RUN,
        "失敗・中止したジョブを、終わったところから再開する。中止したジョブを再開できるのは依頼した職員だけ",
    )
    async def resume_job(self, info: Info, id: strawberry.ID) -> JobView:  # noqa: A002  # see above
        """Queue a failed or cancelled job again."""
        return JobView.of(await service.resume(info.context.write, _number(id), info.context.actor))


@strawberry.type
class JobSubscription:
    """Watching jobs."""

    @stream(READ, "ジョブの進み具合。終わるまで、変わるたびに（毎秒5回まで）届く")
    async def job_progress(self, info: Info, id: strawberry.ID) -> AsyncGenerator[JobView, None]:  # noqa: A002
        """Send how the job stands now, after each change, and at its end."""
        database = info.context.database
        if database is None:
            raise RuntimeError("this context was made without a database")
        async with aclosing(service.watch(database, _number(id))) as statuses:
            async for status in statuses:
                yield JobView.of(status)


def graphql_parts() -> GraphQLParts:
    """Return the root fields of jobs."""
    return GraphQLParts(query=(JobQuery,), mutation=(JobMutation,), subscription=(JobSubscription,))


def _number(job_id: str) -> int:
    if not (job_id.isascii() and job_id.isdecimal()) or len(job_id) > 19 or int(job_id) not in INT64:
        raise NotFound
    return int(job_id)
