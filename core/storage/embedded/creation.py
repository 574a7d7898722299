"""Makes the data directory: initdb, access rules, roles and the empty database, all or nothing."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from core.errors import StartError
from core.storage.embedded.account import running_as_root
from core.storage.embedded.cluster import APP_ROLE, DATABASE, OWNER_ROLE, Cluster

LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
ROLES = f"""\
CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB;
CREATE ROLE {APP_ROLE} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};
REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC;
GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE};
"""
MEGABYTE = 1 << 20


def create(cluster: Cluster, server_settings: Mapping[str, str]) -> None:
    """Make the data directory in a draft and put it in place; raises StartError, leaving nothing usable.

    `server_settings` go into postgresql.conf and stay there; an administrator may edit that file.
    """
    draft = cluster.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _hand_over(draft, cluster)
    settings = {**default_settings(_memory()), **server_settings}
    options = [option for name, value in settings.items() for option in ("--set", f"{name}={value}")]
    _run(
        cluster,
        draft,
        "",
        "initdb",
        "--username=postgres",
        "--data-checksums",
        "--auth=reject",
        *LOCALE,
        *options,
    )
    _write(draft / "pg_hba.conf", f"local all {OWNER_ROLE},{APP_ROLE} peer map=juminzei\n", cluster)
    _write(draft / "pg_ident.conf", _ident_map(cluster.peers), cluster)
    (draft / "run").mkdir(mode=0o700)
    _hand_over(draft / "run", cluster)
    _run(cluster, draft, ROLES, "postgres", "--single", "postgres")
    draft.rename(cluster.data)
    _sync(cluster.folder)


def default_settings(memory: int) -> dict[str, str]:
    """Return the server's settings for a machine with `memory` bytes.

    Errors are not logged by the server: their text can hold personal data, and the client gets them. A city
    that comes in is counted soon: without statistics the server plans by guesses. Each of its processes reads
    for itself: recovery would wait for ever for a reading worker that was killed in the middle.
    """
    return {
        "shared_buffers": f"{min(max(memory // 8, 32 * MEGABYTE), 1024 * MEGABYTE) // MEGABYTE}MB",
        "effective_cache_size": f"{max(memory // 2, 64 * MEGABYTE) // MEGABYTE}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "io_method": "sync",
        "autovacuum_naptime": "5s",
        "timezone": "Asia/Tokyo",
        "log_timezone": "UTC",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
        "cluster_name": "juminzei",
    }


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _ident_map(peers: set[str]) -> str:
    quoted = ('"' + name.replace('"', '""') + '"' for name in sorted(peers))
    return "".join(f"juminzei {name} {role}\n" for name in quoted for role in (OWNER_ROLE, APP_ROLE))


def _run(cluster: Cluster, folder: Path, text: str, *command: str) -> None:
    process = cluster.spawn(*command, folder=folder, output=subprocess.PIPE)
    output = process.communicate(text.encode())[0].decode(errors="replace")
    trouble = [
        line for line in output.splitlines() if "ERROR:" in line or "FATAL:" in line or "error:" in line
    ]
    if process.returncode or trouble:
        reason = (trouble or output.splitlines() or ["no output"])[-1]
        raise StartError(f"embedded PostgreSQL: {command[0]}: {reason}")


def _write(path: Path, text: str, cluster: Cluster) -> None:
    path.write_text(text, encoding="utf-8")
    _hand_over(path, cluster)
    _sync(path)


def _hand_over(path: Path, cluster: Cluster) -> None:
    if running_as_root():
        os.chown(path, cluster.account.uid, cluster.account.gid)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
