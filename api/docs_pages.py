"""Pages of the manual that are made from code: `python -m api.docs_pages` writes them, `--check` says if one is old."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli import app
from api.settings import Settings
from ingest import gtfs_usage, notice_codes
from ingest.cross_feed import CROSS_FEED_CODES
from ingest.replay import CODES

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- made from code by `make docs`: do not edit -->"


def settings_page() -> str:
    """docs/settings.md: the table of settings between the sentences that are written by hand."""
    text = (DOCS / "settings.md").read_text("utf-8")
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    spoken = dict(re.findall(r"^\| `(TIMBANG_\w+)` \| (.+?) \|", text, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        variable = f"TIMBANG_{name.upper()}"
        plain = f"`{field.default}`" if isinstance(field.default, str | int | float) else spoken.get(variable, "none")
        rows.append(f"| `{variable}` | {plain} | {field.description} |")
    return re.sub(r"\| variable \|.*?\n(?=\n)", "\n".join(rows) + "\n", text, flags=re.DOTALL)


def notices_page() -> str:
    """docs/notices.md: every code, how severe it is, and whether it makes a feed load with a warning."""
    lines = [
        "# Notices",
        "",
        MADE,
        "",
        "What `timbang check` and `timbang ingest` can say of a feed. Codes of the canonical GTFS validator",
        "keep their name; *ours* marks the rest. *Warns*: riders may get a worse answer, the feed loads with warning.",
        "",
        "| code | severity | warns | ours | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for code, notice in sorted({**notice_codes.CODES, **CROSS_FEED_CODES}.items()):
        warns, ours = ("yes" if flag else "" for flag in (notice.affects_riders, not notice.canonical))
        lines.append(f"| `{code}` | {notice.severity} | {warns} | {ours} | {notice.meaning} |")
    return "\n".join(lines) + "\n"


def gtfs_page() -> str:
    """docs/gtfs.md: what becomes of every file and field of GTFS Schedule."""
    lines = [
        "# What is read of GTFS Schedule",
        "",
        MADE,
        "",
        f"Every file and field of the reference as revised in {gtfs_usage.REVISION}, one row a field. *Used* says what",
        "for.",
        "*Not routed*: demand-responsive and continuous service; a trip that depends on it is reported as",
        "`flex_not_routed`. *Read and ignored*: checked at most. Any other file or column is left alone.",
        "",
    ]
    for file in gtfs_usage.FILES:
        lines += [f"## {file.file}", "", file.purpose, "", "| field | use | what for |", "| --- | --- | --- |"]
        lines += [f"| `{usage.field}` | {usage.use.value} | {_cell(usage.purpose)} |" for usage in file.fields]
        lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """docs/commands.md: each command with its arguments and options, as `--help` gives them."""
    group = typer.main.get_command(app)
    lines = ["# The command line", "", MADE, "", "`timbang COMMAND --help` says the same.", ""]
    for name, command in _commands(group, "timbang"):
        lines += [f"## {name}", "", (command.help or "").split("\n\n")[0].replace("\n", " "), ""]
        lines += ["| argument or option | meaning |", "| --- | --- |"]
        context = command.make_context(name, [], resilient_parsing=True)
        for parameter in command.get_params(context):
            option, meaning = parameter.get_help_record(context) or (parameter.name or "", "")
            lines.append(
                "| `{}` | {} |".format(*(" ".join(cell.split()).replace("|", "\\|") for cell in (option, meaning)))
            )
        lines.append("")
    return "\n".join(lines)


def replay_page() -> str:
    """docs/replay.md: the table of codes after the sentences that are written by hand."""
    text, rule, _ = (DOCS / "replay.md").read_text("utf-8").partition("| --- | --- |\n")
    return text + rule + "".join(f"| `{code}` | {_cell(meaning)} |\n" for code, meaning in CODES.items())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _commands(command: object, name: str) -> list[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        return [found for part, child in command.commands.items() for found in _commands(child, f"{name} {part}")]
    if isinstance(command, TyperCommand):
        return [(name, command)]
    raise TypeError(f"{name} is no command of typer's")


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "notices.md": notices_page,
    "gtfs.md": gtfs_page,
    "commands.md": commands_page,
    "replay.md": replay_page,
}


def old_pages() -> list[str]:
    """Names of the pages that differ from what the code says."""
    return [name for name, make in PAGES.items() if _read(DOCS / name) != make()]


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only say which are old. Returns the exit status."""
    old = old_pages()
    for name in old:
        if "--check" not in arguments:
            (DOCS / name).write_text(PAGES[name](), "utf-8")
        sys.stderr.write(f"docs/{name} {'is old: run make docs' if '--check' in arguments else 'written'}\n")
    return int(bool(old) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
