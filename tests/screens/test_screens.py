"""Screens ask and show: they query nothing, look in one way and act in one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCREENS = Path(__file__).parents[2] / "screens"
FILES = [str(file.relative_to(SCREENS)) for file in sorted(SCREENS.rglob("*.py"))]
# Who opens a transaction: the two ways themselves, and who finds out who signed in.
OPENING = {"writing": {"acts.py"}, "reading": {"looks.py", "shell.py"}}


def nodes(file: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((SCREENS / file).read_text()))


@pytest.mark.parametrize("file", FILES)
def test_a_screen_only_passes_its_session_on(file: str) -> None:
    """It calls nothing of it: no query, no write, no loading by key."""
    used = [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "session"
    ]
    assert used == []


@pytest.mark.parametrize(("transaction", "where"), OPENING.items())
def test_a_transaction_is_opened_in_one_place(transaction: str, where: set[str]) -> None:
    opening = {
        file
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("models")
        if transaction in {name.name for name in node.names}
    }
    assert opening == where


# What puts bytes at an address of Streamlit's own, which answers whoever knows it.
OPEN_ADDRESSES = {"download_button", "image", "audio", "video", "pdf", "media_file_mgr"}
# What is drawn again without the page's script, which asks who signed in; see screens/watching.py.
PARTS = {"fragment", "dialog"}


@pytest.mark.parametrize(
    ("names", "where"), [(OPEN_ADDRESSES, set()), (PARTS, {"watching.py"})], ids=["files", "parts"]
)
def test_what_asks_nobody_who_they_are_is_used_nowhere_else(
    names: set[str], where: set[str]
) -> None:
    using = {
        file
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.Attribute) and node.attr in names
    }
    assert using == where


# What tells a refusal in a table's cell, which is made plain with its table.
IN_TABLES = {"unit/weighted.py"}


@pytest.mark.parametrize("file", FILES)
def test_a_refusal_quotes_what_was_found_as_it_was_written(file: str) -> None:
    """Its values are people's: written plainly, or the whole sentence is made plain."""
    tree = ast.parse((SCREENS / file).read_text())
    asks = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "locales.refusals"
        and "sentence" in {name.name for name in node.names}
        for node in ast.walk(tree)
    )
    made_plain = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "plain"
        for inner in ast.walk(node)
    }
    unguarded = [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sentence"
        if node not in made_plain and "written" not in {word.arg for word in node.keywords}
    ]
    assert not asks or file in IN_TABLES or unguarded == []


def test_tables_of_texts_are_drawn_in_one_place() -> None:
    """But one, whose headings alone are marked and none of whose texts a person wrote."""
    drawing = {
        file
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.table"
    }
    assert drawing == {"plain.py", "index/comparing.py"}
