"""Sizes that keep it livable."""

from tests.architecture.tree import functions, parse, python_files, relative

FILE_LINES = 400
FUNCTION_LINES = 50


def test_no_file_is_too_long() -> None:
    sizes = {relative(path): len(path.read_text().splitlines()) for path in python_files("apps", "certportal", "tests")}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{relative(path)}:{function.lineno} {function.name} has {function.end_lineno - function.lineno + 1} lines"
        for path in python_files("apps", "certportal", "tests")
        for function in functions(parse(path))
        if function.end_lineno - function.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_nothing_is_called_utils() -> None:
    banned = {"utils.py", "helpers.py", "util.py", "misc.py", "common.py"}
    assert [relative(path) for path in python_files("apps", "certportal", "tests") if path.name in banned] == []
