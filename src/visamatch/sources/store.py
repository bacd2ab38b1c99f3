"""The local store of official records: Parquet by fiscal year, asked with DuckDB.

A load builds a whole new state beside the old one and swaps a pointer at the end, so loading twice
changes nothing and an interrupted load leaves the old state.
"""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import platformdirs

from visamatch.errors import InputError
from visamatch.sources import cells
from visamatch.sources.dol_lca import read as dol_lca
from visamatch.sources.records import FileReport, Layout, read
from visamatch.sources.tabular import Table, open_table
from visamatch.sources.uscis_hub import read as uscis_hub

if TYPE_CHECKING:
    import duckdb

POINTER = "current"
SOURCES: dict[str, ModuleType] = {"lca": dol_lca, "hub": uscis_hub}
# What makes two rows one. Quarterly files repeat cases: the newest decision stays.
_NEWEST = {
    "lca": "SELECT DISTINCT ON (case_number) * FROM rows ORDER BY case_number, decision_date DESC, COLUMNS(*)",
    "hub": "SELECT DISTINCT * FROM rows ORDER BY ALL",
}


def home() -> Path:
    """The data folder: ``$VISAMATCH_HOME``, else the operating system's place for user data."""
    return Path(os.environ.get("VISAMATCH_HOME") or platformdirs.user_data_path("visamatch"))


class FilingsStore:
    """The records under ``folder``."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or home()) / "filings"

    @property
    def _state(self) -> Path | None:
        pointer = self.folder / POINTER
        return self.folder / pointer.read_text("utf-8") if pointer.exists() else None

    def load(
        self, paths: Iterable[Path], progress: Callable[[str], None] = lambda line: None
    ) -> list[FileReport]:
        """Read files into the store, all of them or none.

        Raises:
            InputError: a file that cannot be read, has an unknown layout, or keeps no row at all.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="load-", dir=self.folder) as scratch:
            staged = Path(scratch)
            reports = [report for path in paths for report in _stage(path, staged, progress)]
            if not reports:
                raise InputError("filings load", "at least one file")
            self._merge(staged)
        return reports

    def _merge(self, staged: Path) -> None:
        """Old rows and staged rows become a new state; the pointer moves when it is whole."""
        new = Path(tempfile.mkdtemp(prefix="state-", dir=self.folder))
        old = self._state
        try:
            with self._connection() as connection:
                for kind, source in SOURCES.items():
                    _merge_kind(connection, kind, source.SCHEMA, [old, staged], new)
            pointer = self.folder / f"{POINTER}.new"
            pointer.write_text(new.name, "utf-8")
            pointer.replace(self.folder / POINTER)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        if old:
            shutil.rmtree(old, ignore_errors=True)

    def query(self, sql: str, parameters: list[object] | None = None) -> list[dict[str, Any]]:
        """Ask the store; the tables are ``lca`` and ``hub``, empty where nothing was loaded."""
        with self._connection() as connection:
            for kind, source in SOURCES.items():
                files = sorted((self._state / kind).rglob("*.parquet")) if self._state else []
                nulls = ", ".join(
                    f"NULL::{kind_} AS {name}" for name, kind_ in source.SCHEMA.items()
                )
                body = (
                    f"read_parquet({_literal(files)})" if files else f"(SELECT {nulls}) WHERE false"
                )
                connection.execute(f"CREATE VIEW {kind} AS SELECT * FROM {body}")
            result = connection.execute(sql, parameters or [])
            names = [column[0] for column in result.description or []]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        import duckdb

        connection = duckdb.connect()
        try:
            connection.execute("SET memory_limit = '1GB'; SET preserve_insertion_order = false")
            connection.execute(f"SET temp_directory = '{_quoted(self.folder)}'")
            yield connection
        finally:
            connection.close()


def _stage(path: Path, staged: Path, progress: Callable[[str], None]) -> Iterator[FileReport]:
    for table in open_table(path):
        progress(f"reading {table.name}")
        kind, layout = _recognized(table)
        source, report = SOURCES[kind], FileReport(table.name, layout.name)
        (staged / kind).mkdir(exist_ok=True)
        number = len(list((staged / kind).iterdir()))
        with (staged / kind / f"{number}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC)
            for row in read(table, layout, report, source.convert):
                writer.writerow(["\\N" if value is None else value for value in row])
                if report.rows % 100_000 == 0:
                    progress(f"{table.name}: {report.rows:,} rows")
        if not report.kept:
            why = report.rejected[0]["why"] if report.rejected else "it has none"
            raise InputError(table.name, f"rows that can be read; the first: {why}")
        yield report


def _recognized(table: Table) -> tuple[str, Layout]:
    for kind, source in SOURCES.items():
        try:
            layout = source.layout_of(table.header)
        except InputError as error:
            raise InputError(
                table.name, error.expected, cells.found_columns(table.header)
            ) from None
        if layout:
            return kind, layout
    expected = "a layout of the Labor Department's or USCIS's H-1B files, FY2008 to FY2026"
    raise InputError(table.name, expected, cells.found_columns(table.header))


def _merge_kind(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    schema: dict[str, str],
    states: list[Path | None],
    new: Path,
) -> None:
    parts = []
    for state in filter(None, states):
        parquet = sorted((state / kind).rglob("*.parquet"))
        staged = sorted((state / kind).glob("*.csv"))
        if parquet:
            parts.append(f"SELECT {', '.join(schema)} FROM read_parquet({_literal(parquet)})")
        if staged:
            types = ", ".join(f"'{name}': '{type_}'" for name, type_ in schema.items())
            parts.append(
                f"SELECT * FROM read_csv({_literal(staged)}, header = false, columns = {{{types}}},"
                " nullstr = '\\N', quote = '\"', escape = '\"', strict_mode = true)"
            )
    (new / kind).mkdir()
    if not parts:
        return
    years = f"WITH rows AS ({' UNION ALL '.join(parts)}) {_NEWEST[kind]}"
    connection.execute(f"CREATE TEMP TABLE {kind} AS {years}")
    for (year,) in connection.execute(f"SELECT DISTINCT fiscal_year FROM {kind}").fetchall():
        target = _quoted(new / kind / f"{year}.parquet")
        connection.execute(
            f"COPY (SELECT * FROM {kind} WHERE fiscal_year = {year:d} ORDER BY ALL)"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    connection.execute(f"DROP TABLE {kind}")


def _literal(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{_quoted(path)}'" for path in paths) + "]"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
