"""Pages of the documentation, and their code."""

import re


def blocks_of_code(page: str, heading: str, language: str) -> list[str]:
    """The blocks of code in a language under a heading of the second level."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def json_files(page: str) -> dict[str, str]:
    """A page's blocks of JSON that belong into files, by the name of the file, which precedes the block."""
    name, files = "", {}
    for mentioned, document in re.findall(r"(?s)`([\w-]+\.json)`|```json\n(.*?)```", page):
        if mentioned:
            name = mentioned
        elif name:
            files[name], name = document, ""
    return files
