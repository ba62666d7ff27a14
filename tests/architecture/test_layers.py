"""What a layer may not do: rules stay pure, services are audited, nothing hides work in save() or signals."""

import ast
import functools
import re
from pathlib import Path

from tests.architecture.tree import ROOT, functions, layer_files, parse, python_files, relative

CLOCKS = {("datetime", "now"), ("datetime", "today"), ("date", "today"), ("timezone", "now"), ("time", "time")}
IMPURE = {"os", "pathlib", "socket", "subprocess", "requests", "urllib", "random", "logging"}
PURE_PARTS = {"urllib.parse"}  # of what is impure otherwise
PURE_DJANGO = ("django.utils.translation", "django.utils.functional", "django.utils.text")

WRITES = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "save", "delete", "copy_expert"}
QUERYSET = ("objects", "filter(", "exclude(", "all()", "select_for_update(")
SQL_WRITE = re.compile(r"\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")
AUDITED_BY = {"record", "record_many", "publish", "publish_many", "publish_from_select"}
# Writes that are no act of anybody, with the reason.
UNAUDITED = {
    "apps/accounts/services/sessions.py:touch": "the last minute of activity, once a minute",
    "apps/accounts/services/sessions.py:prove_second_factor": "part of binding the factor, which is recorded",
    "apps/accounts/services/passwords.py:set_password": "allauth's signal has it recorded (receivers.py)",
    "apps/certifications/services/imports/staging.py:stage": "reading; running.py records the step",
    "apps/certifications/services/imports/staging.py:clear_staged": "staging is no record",
    "apps/certifications/services/imports/comparing.py:compare": "staging is no record",
    "apps/certifications/services/imports/comparing.py:find_duplicates": "staging is no record",
    "apps/parties/services/tokens.py:touch_token": "when a token was used last, once a minute",
    "apps/parties/services/calls.py:answer_once": "part of the act that is answered",
    "apps/parties/services/calls.py:drop_old_calls": "bookkeeping of the machine itself",
    "apps/parties/services/intake.py:take_in": "the import records each chunk",
    "apps/parties/services/intake.py:take_back": "the import records its undo",
    "apps/documents/services/resuming.py:begin": "a file on its way in is no record; store records it",
    "apps/documents/services/resuming.py:append": "a file on its way in is no record; store records it",
    "apps/documents/services/resuming.py:complete": "a file on its way in is no record; store records it",
    "apps/documents/services/resuming.py:cancel": "a file on its way in is no record; store records it",
    "apps/documents/services/resuming.py:sweep_uploads": "a file on its way in is no record; store records it",
    "apps/core/services/numbering.py:next_number": "part of the act that is numbered",
    "apps/clock/services/events.py:tell": "part of the act that is told of",
    "apps/workflow/services/reconciling.py:reconcile_due": "a copy of the clock's last day, which the clock recorded",
    "apps/core/services/jobs.py:job_run": "bookkeeping of the machine itself",
    "apps/core/services/drafts.py:save_draft": "a draft is no act yet: nobody but its author sees it",
    "apps/core/services/drafts.py:discard_draft": "a draft is no act yet: nobody but its author sees it",
    "apps/core/services/drafts.py:drop_old_drafts": "a draft is no act yet: nobody but its author sees it",
    "apps/notifications/services/delivery.py:claim_one": "the outbox row is itself the record of its delivery",
    "apps/notifications/services/delivery.py:handle": "the outbox row is itself the record of its delivery",
    "apps/notifications/services/fence.py:beat": "bookkeeping of the machine itself",
    "apps/notifications/services/outbox.py:enqueue": "part of the act that is told of",
    "apps/notifications/services/people.py:mark_read": "reading one's own mail is no act",
    "apps/notifications/services/people.py:note_feed_read": "bookkeeping of the machine itself",
    "apps/notifications/services/planning.py:close_settled": "follows from an act that is audited",
    "apps/notifications/services/planning.py:plan_reminders": "the reminder rows are themselves the record",
    "apps/webhooks/services/emitting.py:emit": "part of the act that is told of",
    "apps/webhooks/services/delivering.py:claim_one": "the row is itself the record of its delivery",
    "apps/webhooks/services/delivering.py:deliver_due": "the row is itself the record of its delivery",
    "apps/webhooks/services/delivering.py:handle": "the row is itself the record of its delivery",
    "apps/webhooks/services/delivering.py:drop_old": "bookkeeping of the machine itself",
    "apps/workflow/services/effects.py:run_clocks": "part of the step, which the engine records",
    "apps/workflow/services/effects.py:start_limits": "part of the step or of the opening, which the engine records",
    "apps/workflow/services/placing.py:place": "part of the step, which the engine records",
    "apps/certifying/services/applications.py:submitted": "part of the step, which the engine records",
    "apps/certifying/services/examining.py:advised": "part of the step, which the engine records",
    "apps/certifying/services/points.py:told": "part of the step, which the engine records",
}


def imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def calls(tree: ast.AST) -> set[tuple[str, str]]:
    """Every call as (what stands before the dot, name)."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            before = node.func.value
            found.add((getattr(before, "id", getattr(before, "attr", "")), node.func.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(("", node.func.id))
    return found


def test_rules_are_pure() -> None:
    wrong = []
    for path in layer_files("rules"):
        for name in imports(parse(path)):
            django = name.startswith("django") and not name.startswith(PURE_DJANGO)
            models = name.startswith("apps.") and name.split(".")[2:3] in (["models"], ["selectors"], ["services"])
            if django or models or (name.split(".")[0] in IMPURE and name not in PURE_PARTS):
                wrong.append(f"{relative(path)} imports {name}")
        wrong += [f"{relative(path)} calls {a}.{b}()" for a, b in calls(parse(path)) & CLOCKS]
        wrong += [f"{relative(path)} calls open()" for a, b in calls(parse(path)) if (a, b) == ("", "open")]
    assert wrong == []


def test_services_and_rules_are_given_the_time() -> None:
    wrong = [
        f"{relative(path)} calls {a}.{b}()"
        for path in layer_files("services", "rules")
        for a, b in calls(parse(path)) & CLOCKS
    ]
    assert wrong == []


def test_every_writing_service_is_audited() -> None:
    """A service that is given an actor and writes reaches audit.record or audit.publish, itself or through its app."""
    silent = []
    for path, node in service_functions():
        reached = reach(path, node)
        if takes(node, "actor") and any(map(writes, reached)) and not any(map(audits, reached)):
            silent.append(f"{relative(path)}:{node.name}")
    assert [name for name in silent if name not in UNAUDITED] == []


def test_a_write_without_an_actor_is_part_of_an_act() -> None:
    """Helpers that write without knowing who acts are called by services only, never by an interface."""
    reached = [(node, reach(path, node)) for path, node in service_functions() if not takes(node, "actor")]
    parts = {node.name for node, all_ in reached if any(map(writes, all_)) and not any(map(audits, all_))}
    plumbing = {name.split(":")[1] for name in UNAUDITED}
    interfaces = layer_files("views", "api", "tasks", "management", "forms")
    named = {relative(path): {name for _before, name in calls(parse(path))} & (parts - plumbing) for path in interfaces}
    assert {path: sorted(names) for path, names in named.items() if names} == {}


def service_functions() -> list[tuple[Path, ast.FunctionDef]]:
    """The public functions of every services layer; the trail's own services are what the others call."""
    files = [path for path in layer_files("services") if "audit" not in path.parts]
    public = [(path, node) for path in files for node in parse(path).body if isinstance(node, ast.FunctionDef)]
    return [(path, node) for path, node in public if not node.name.startswith("_")]


def takes(function: ast.FunctionDef, name: str) -> bool:
    return name in {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}


def reach(path: Path, function: ast.FunctionDef) -> list[ast.FunctionDef]:
    """A function and all services that it calls by name, in its own file or imported from another one of ours."""
    waiting, seen = [(path, function)], {(path, function.name): function}
    while waiting:
        here, current = waiting.pop()
        own, imported = names_in(here)
        for _before, name in calls(current):
            target = (here, own[name]) if name in own else imported.get(name)
            if target and (target[0], target[1].name) not in seen:
                seen[target[0], target[1].name] = target[1]
                waiting.append(target)
    return list(seen.values())


@functools.cache
def names_in(path: Path) -> tuple[dict[str, ast.FunctionDef], dict[str, tuple[Path, ast.FunctionDef]]]:
    """The functions of a file, and those that it imports from other services."""
    tree = parse(path)
    imported = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and ".services" in (node.module or "") and "audit" not in node.module:
            source = module_file(node.module)
            found = {function.name: function for function in functions(parse(source))} if source else {}
            imported |= {
                alias.asname or alias.name: (source, found[alias.name]) for alias in node.names if alias.name in found
            }
    return {function.name: function for function in functions(tree)}, imported


def module_file(module: str) -> Path | None:
    base = ROOT / Path(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()), None)


def writes(function: ast.FunctionDef) -> bool:
    """Whether the function itself changes rows: through the ORM or by SQL."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITE.search(node.value):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in WRITES:
                return True
            if node.func.attr == "update" and any(part in ast.unparse(node.func.value) for part in QUERYSET):
                return True
    return False


def audits(function: ast.FunctionDef) -> bool:
    return any(name in AUDITED_BY for _before, name in calls(function))


def test_services_take_keywords_only() -> None:
    """A service that is given an actor and the time is given both by name."""
    wrong = []
    for path in layer_files("services"):
        for node in parse(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                by_place = {argument.arg for argument in node.args.args}
                by_name = {argument.arg for argument in node.args.kwonlyargs}
                if {"actor", "now"} <= by_place | by_name and {"actor", "now"} & by_place:
                    wrong.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert wrong == []


def test_no_signals_and_no_work_in_save() -> None:
    wrong = []
    for path in python_files("apps"):
        tree = parse(path)
        wrong += [relative(path) for name in imports(tree) if name.endswith("signals")]
        if path.name == "models.py" or "models" in path.parts:
            wrong += [f"{relative(path)}: {f.name}" for f in functions(tree) if f.name in {"save", "delete"}]
    assert wrong == []


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a cycle. Settings and start-up files may wait for Django."""
    wrong = []
    for path in python_files("apps"):
        for function in functions(parse(path)):
            inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            if inner and path.name != "apps.py":
                wrong.append(f"{relative(path)}:{inner[0].lineno}")
    assert wrong == []
