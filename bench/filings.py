"""Readers of the Labor Department's xlsx files: time and peak memory, as ratios to inflating the zip alone.

``python -m bench.filings [rows]`` writes a 96-column workbook with shared strings, as the official files
have, and reads it with each reader in a process of its own. Rows default to 100,000; the official files
have up to 700,000.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

COLUMNS = 96
KEPT = ("CASE_NUMBER", "CASE_STATUS", "RECEIVED_DATE", "DECISION_DATE", "VISA_CLASS", "JOB_TITLE", "SOC_CODE",
        "EMPLOYER_NAME", "EMPLOYER_CITY", "EMPLOYER_STATE", "WORKSITE_CITY", "WORKSITE_STATE", "BEGIN_DATE",
        "END_DATE", "TOTAL_WORKER_POSITIONS", "WAGE_RATE_OF_PAY_FROM", "WAGE_UNIT_OF_PAY")  # fmt: skip
BESIDE = ("TRADE_NAME_DBA", "NAICS_CODE", "SOC_TITLE", "NEW_EMPLOYMENT", "CONTINUED_EMPLOYMENT",
          "WAGE_RATE_OF_PAY_TO", "PREVAILING_WAGE", "PW_UNIT_OF_PAY")  # fmt: skip


def workbook(path: Path, rows: int) -> None:
    """A synthetic disclosure file: unique case numbers, repeating text, numbers, dates, many blanks."""
    header = [*KEPT, *BESIDE, *(f"OTHER_{n}" for n in range(COLUMNS - len(KEPT) - len(BESIDE)))]
    words = [*header, "Certified", "H-1B", "29-1229.00", "Boston", "MA", "Year"]
    words += [f"Employer number {n} of the synthetic list" for n in range(40_000)]
    number = {word: n for n, word in enumerate(words)}
    first_case = len(words)

    letters = [chr(65 + n // 26 - 1) * (n > 25) + chr(65 + n % 26) for n in range(COLUMNS)]

    def text(word: str) -> str:
        return f'<c t="s"><v>{number[word]}</v></c>'

    def placed(cells: list[str], r: int) -> str:
        """Cells with their references, as Excel writes them."""
        named = (c.replace("<c", f'<c r="{a}{r}"', 1) for a, c in zip(letters, cells, strict=True))
        return f'<row r="{r}">{"".join(named)}</row>'

    def row_xml(r: int) -> str:
        employer = text(words[12 + COLUMNS + r * 7919 % 39_000])
        cells = [
            f'<c t="s"><v>{first_case + r}</v></c>', text("Certified"), "<c><v>45000</v></c>",
            "<c><v>45010</v></c>", text("H-1B"), employer, text("29-1229.00"), employer, text("Boston"),
            text("MA"), text("Boston"), text("MA"), "<c><v>45100</v></c>", "<c><v>46100</v></c>",
            "<c><v>1</v></c>", f"<c><v>{60000 + r % 90000}</v></c>", text("Year"),
        ]  # fmt: skip
        others = (text("MA") if n > 8 and n % 2 else "<c/>" for n in range(COLUMNS - len(KEPT)))
        return placed([*cells, *others], r + 2)

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    xml = '<?xml version="1.0"?>'

    def relations(**targets: str) -> str:
        each = (
            f'<Relationship Id="{name}" Type="{office}/{name}" Target="{target}"/>'
            for name, target in targets.items()
        )
        return (
            f'{xml}<Relationships xmlns="{package}/relationships">{"".join(each)}</Relationships>'
        )

    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{kind}.{what}+xml"/>'
        for part, what in (
            ("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"),
        )
    )  # fmt: skip
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    parts = {
        "[Content_Types].xml": f'{xml}<Types xmlns="{package}/content-types">{rels}{overrides}</Types>',
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'{xml}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="LCA" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"
        ),
    }
    sheet_head = f'{xml}<worksheet xmlns="{main}"><sheetData>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
        with archive.open("xl/sharedStrings.xml", "w") as out:
            out.write(f'{xml}<sst xmlns="{main}">'.encode())
            out.write("".join(f"<si><t>{word}</t></si>" for word in words).encode())
            for r in range(rows):
                out.write(f"<si><t>I-200-{r // 1_000_000:05}-{r % 1_000_000:06}</t></si>".encode())
            out.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            out.write((sheet_head + placed([text(word) for word in header], 1)).encode())
            for r in range(rows):
                out.write(row_xml(r).encode())
            out.write(b"</sheetData></worksheet>")


def inflate(path: Path) -> int:
    """The floor: unpack every part and look at nothing."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as part:
                while part.read(1 << 20):
                    pass
    return 0


def ours(path: Path) -> int:
    from visamatch.sources.tabular import open_table

    return sum(1 for table in open_table(path) for _ in table.rows)


def load(path: Path) -> int:
    """The whole of ``visamatch filings load``: read, checked, sorted into the store's Parquet."""
    from visamatch.sources.store import FilingsStore

    with tempfile.TemporaryDirectory() as folder:
        (report,) = FilingsStore(Path(folder)).load([path], lambda line: None)
    return report.kept


def openpyxl(path: Path) -> int:
    from openpyxl import load_workbook

    return (
        sum(1 for _ in load_workbook(path, read_only=True).active.iter_rows(values_only=True)) - 1
    )


def python_calamine(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return (
        sum(1 for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()) - 1
    )


def fastexcel(path: Path) -> int:
    import fastexcel

    return (
        fastexcel.read_excel(str(path))
        .load_sheet(0, use_columns=list(KEPT), dtypes="string")
        .height
    )


def polars(path: Path) -> int:
    import polars as pl

    return pl.read_excel(path, columns=list(KEPT), infer_schema_length=0).height


READERS = {
    f.__name__: f for f in (inflate, ours, load, openpyxl, python_calamine, fastexcel, polars)
}


def measure(rows: int, readers: list[str]) -> Iterator[dict[str, object]]:
    """One line a reader; the first is the floor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lca.xlsx"
        workbook(path, rows)
        floor = None
        for name in readers:
            command = [sys.executable, "-m", "bench.filings", "--one", name, str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                yield {"reader": name, "failed": run.stderr.strip().splitlines()[-1:]}
                continue
            seconds, megabytes, read = json.loads(run.stdout)
            floor = floor or seconds
            yield {
                "reader": name, "rows": read, "times_inflating": round(seconds / floor, 1),
                "peak_mb": round(megabytes), "rows_per_second": round(read / seconds) if read else None,
            }  # fmt: skip


def run(rows: int = 10_000) -> str:
    """Read one made-up file with every reader; times as ratios to inflating the zip alone."""
    lines = [
        f"{rows:,} rows of 96 columns with shared strings, each reader in a process of its own.",
        "",
        "| reader | times inflating the zip | peak memory MB | rows a second |",
        "| --- | --- | --- | --- |",
    ]
    for found in measure(rows, list(READERS)):
        if "failed" in found:
            lines.append(f"| {found['reader']} | failed: {found['failed']} | | |")
            continue
        speed = found["rows_per_second"] or ""
        lines.append(
            f"| {found['reader']} | {found['times_inflating']} | {found['peak_mb']} | {speed} |"
        )
    return "\n".join(lines)


def one(name: str, path: Path) -> None:
    import resource

    start = time.perf_counter()
    read = READERS[name](path)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak, read]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        for line in measure(size, sys.argv[2:] or list(READERS)):
            print(json.dumps(line), flush=True)
