"""The command line: from arguments and environment to a command's options, and `--help`, both made from `settings`."""

import argparse
import inspect
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import ValidationError

import cloudsmith_oidc
from cloudsmith_oidc import __version__, formats, streams
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.redaction import quoted
from cloudsmith_oidc.settings import COMMANDS, Login, Option, Options, options_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_PROGRAM = "cloudsmith-oidc"
_HELP = {"help": Option("--help", "", "Print this text. -h does, too.", default=False)}
_VERSION = {"version": Option("--version", "", "Print the version.", default=False)}
_HELP_WIDTH = 80
_HELP_COLUMN = 30

_Command = TypeVar("_Command", bound=Options)
_Given = dict[str, Sequence[str | None]]


def parse(arguments: Sequence[str]) -> Options:
    """Return what was asked for, which is one of `COMMANDS`. Raises `SettingsError`, naming all that is wrong.

    `--help` and `--version` print on standard output and end the process.
    """
    arguments = ["--help" if word == "-h" else word for word in arguments]
    place = next((place for place, word in enumerate(arguments) if word in COMMANDS), len(arguments))
    name = arguments[place] if place < len(arguments) else ""
    command = COMMANDS.get(name, Options)
    before, unknown_before = _split(arguments[:place], options_of(Options) | _HELP | _VERSION)
    after, unknown = _split(arguments[place + 1 :], options_of(command) | _HELP)
    if "version" in before:
        _print_and_end(f"{_PROGRAM} {__version__}\n")
    if "help" in before or "help" in after:
        _print_and_end(_help(name))
    if unknown_before:
        raise _unknown(unknown_before, "", COMMANDS)
    if not name:
        raise SettingsError("no command was given", hint=_see_help(""))
    if unknown:
        raise _unknown(unknown, name, ())
    return _read(name, command, before | after)


def log_options(arguments: Sequence[str]) -> Options:
    """Return the log options alone, so that what is wrong with the others is logged as asked, too."""
    try:
        return _read("", Options, _split(arguments, options_of(Options))[0])
    except SettingsError:
        return Options(log_format="console")


def _split(arguments: Sequence[str], options: Mapping[str, Option]) -> tuple[_Given, list[str]]:
    """Return the texts given for each option, `None` for one that is missing, and the words that belong to none."""
    parser = argparse.ArgumentParser(
        add_help=False, allow_abbrev=False, exit_on_error=False, argument_default=argparse.SUPPRESS
    )
    for field, option in options.items():
        if not option.flag.startswith("-"):
            parser.add_argument(field, nargs="?", action="append")
        elif option.takes:
            parser.add_argument(option.flag, dest=field, nargs="?", action="append")
        else:
            parser.add_argument(option.flag, dest=field, const="", action="append_const")
    # argparse has an error of its own for a switch with a value. Taken out, it is one more thing that is unknown.
    switches = {option.flag for option in options.values() if not option.takes}
    odd = [word for word in arguments if "=" in word and word.partition("=")[0] in switches]
    given, unknown = parser.parse_known_args([word for word in arguments if word not in odd])
    return vars(given), odd + unknown


def _read(name: str, command: type[_Command], given: _Given) -> _Command:
    options = options_of(command)
    values: dict[str, Any] = {}
    for field, texts in given.items():
        option = options[field]
        if None in texts:
            raise SettingsError(f"{option.flag}: it needs a value: {option.usage}", hint=_see_help(name))
        is_switch = isinstance(option.default, bool)
        values[field] = not option.default if is_switch else texts if option.repeatable else texts[-1]
    try:
        return command(**values)
    except ValidationError as invalid:
        problems = dict.fromkeys(_problem(detail, options, given) for detail in invalid.errors(include_url=False))
        raise SettingsError("; ".join(problems), hint=_see_help(name)) from None


def _problem(detail: "ErrorDetails", options: Mapping[str, Option], given: _Given) -> str:
    field = str(detail["loc"][0])
    option = options[field]
    if detail["type"] == "missing":
        return f"{option.usage} is missing{_or_variable(option)}"
    source = option.flag if field in given else next(filter(os.environ.get, option.variables), option.flag)
    return f"{source}: {detail['msg'].removeprefix('Value error, ')}"


def _or_variable(option: Option) -> str:
    return f" (or set {' or '.join(option.variables)})" if option.variables else ""


def _unknown(words: Sequence[str], name: str, others: Iterable[str]) -> SettingsError:
    # Loaded only now: whoever makes no mistake has no use for it.
    from difflib import get_close_matches  # noqa: PLC0415

    # A word without a dash may be the value of an unknown option, and is then not shown: it may be a secret.
    word = next((word for word in words if word.startswith("-")), words[0]).partition("=")[0]
    known = [*others, *(option.flag for option in (options_of(COMMANDS.get(name, Options)) | _HELP).values())]
    if word in known:
        return SettingsError(f"{word} takes no value", hint="Give it alone")
    near = get_close_matches(word[:100], known, n=1)
    kind = f"an option of {_PROGRAM} {name}".strip() if word.startswith("-") or name else "a command"
    guess = f"Did you mean {near[0]}? " if near else ""
    return SettingsError(f"{quoted(word)} is not {kind}", hint=guess + _see_help(name))


def _see_help(name: str) -> str:
    return f"See {f'{_PROGRAM} {name}'.strip()} --help"


def _print_and_end(text: str) -> NoReturn:
    streams.write(text.encode())
    sys.exit()


def _help(name: str) -> str:
    """Write the help of a command, its own options first; without a name, that of the program."""
    command, common = COMMANDS.get(name, Options), options_of(Options)
    options = sorted(options_of(command).items(), key=lambda item: item[0] not in inspect.get_annotations(command))
    required = [option for _, option in options if option.required]
    tables = {
        "commands": {} if name else {command: inspect.getdoc(kind) or "" for command, kind in COMMANDS.items()},
        "required": _rows(required),
        "options": _rows(option for field, option in options if not option.required and field not in common),
        "options of the formats, for --format-option": _format_rows() if command is Login else {},
        "options of every command": _rows([*common.values(), *_HELP.values()]),
        "options of the program": {} if name else _rows(_VERSION.values()),
    }
    text = [
        " ".join(["usage:", _PROGRAM, name or "COMMAND", *(option.usage for option in required), "[OPTION]..."]),
        "",
        *textwrap.wrap(inspect.getdoc(command if name else cloudsmith_oidc) or "", _HELP_WIDTH),
    ]
    for title, rows in tables.items():
        text += ["", f"{title}:", *map(_row, rows, rows.values())] if rows else []
    return "\n".join(text) + "\n"


def _format_rows() -> dict[str, str]:
    """Return the rows of all formats' own options: only for this are all formats loaded."""
    return {
        f"{name}.{option}={known.takes}": known.help
        for name in formats.names()
        for option, known in formats.load(name).options.items()
    }


def _rows(options: Iterable[Option]) -> dict[str, str]:
    return {option.usage: "\n".join(_meaning(option)) for option in options}


def _meaning(option: Option) -> Iterator[str]:
    yield option.help
    if option.repeatable:
        yield "Several: repeat it, or put commas between them." if option.separator else "Several: repeat it."
    default = ",".join(option.default) if isinstance(option.default, tuple) else option.default
    if default and not option.required and not isinstance(default, bool):
        yield f"Default: {default}"
    if option.variables:
        yield f"Variable: {' or '.join(option.variables)}"


def _row(left: str, right: str) -> str:
    width = _HELP_WIDTH - _HELP_COLUMN
    lines = [line for part in right.splitlines() for line in textwrap.wrap(part, width, break_on_hyphens=False)]
    if len(left) > _HELP_COLUMN - 4:  # too long to stand beside its meaning
        lines.insert(0, "")
    both = zip_longest([f"  {left}"], lines, fillvalue="")
    return "\n".join(f"{head:{_HELP_COLUMN}}{line}".rstrip() for head, line in both)
