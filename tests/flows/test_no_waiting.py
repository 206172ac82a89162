"""No flow run sleeps for a person: what is waited for stands in the database."""

import ast

from config.settings import CONFIG_FOLDER

ROOT = CONFIG_FOLDER.parent
WAITING = {"sleep", "pause_flow_run", "suspend_flow_run", "wait_for_input", "resume_flow_run"}


def test_no_flow_or_task_waits_for_a_person() -> None:
    files = [file for folder in ("flows", "tasks") for file in (ROOT / folder).glob("*.py")]
    assert len(files) > 20
    found = {
        (file.name, word)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
        and (word := node.id if isinstance(node, ast.Name) else node.attr) in WAITING
    }
    assert found == set()
