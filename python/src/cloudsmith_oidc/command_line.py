"""The command line: from arguments and environment to a command's options, and `--help`, both made from `settings`."""

import argparse
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import ValidationError

from cloudsmith_oidc import formats, streams
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.redaction import quoted
from cloudsmith_oidc.settings import COMMANDS, Login, Option, Options, options_of
from cloudsmith_oidc.version import __version__

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from cloudsmith_oidc.log import LogFormat

_PROGRAM = "cloudsmith-oidc"
_ABOUT = "Exchange a Jenkins ID token for a Cloudsmith token and configure package clients with it."

_Command = TypeVar("_Command", bound=Options)
_Given = dict[str, Sequence[str]]


def parse(arguments: Sequence[str]) -> Options:
    """Return the options of the command that was asked for, which is one of `COMMANDS`.

    `--help` and `--version` print on standard output and end the process. Raises `SettingsError`, which names all that
    is wrong with the options' values.
    """
    words = ["--help" if word == "-h" else word for word in arguments]
    place = next((place for place, word in enumerate(words) if word in COMMANDS), len(words))
    before, (name, *after) = words[:place], words[place:] or [""]
    if "--version" in before:
        _print_and_end(f"{_PROGRAM} {__version__}\n")
    if "--help" in words:
        _print_and_end(_help(name))
    given = _split("", Options, before)
    if not name:
        raise SettingsError("no command was given", hint=_see_help(""))
    return _read(name, COMMANDS[name], given | _split(name, COMMANDS[name], after))


def log_options(arguments: Sequence[str]) -> Options:
    """Return the log options alone, so that an error in any other option is logged in the right form."""
    try:
        return _read("", Options, vars(_parser("", Options).parse_known_args(arguments)[0]))
    except (argparse.ArgumentError, SettingsError):
        words = {*arguments, f"--log-format={os.environ.get('CLOUDSMITH_OIDC_LOG_FORMAT')}"}
        log_format: LogFormat = "json" if words & {"json", "--log-format=json"} else "console"
        return Options.model_construct(log_format=log_format, log_level="info", quiet=False)


def _split(name: str, command: type[Options], words: Sequence[str]) -> _Given:
    """Return the texts given for each option. Raises `SettingsError` for words that are no option's."""
    try:
        given, unknown = _parser(name, command).parse_known_args(words)
    except argparse.ArgumentError as error:
        flag = str(error.argument_name)
        usage = next((option.usage for option in options_of(command).values() if option.flag == flag), flag)
        why = "takes no value" if usage == flag else f"needs a value: {usage}"
        raise SettingsError(f"{flag} {why}", hint=_see_help(name)) from None
    if unknown:
        raise _unknown(unknown, name, command)
    return vars(given)


def _read(name: str, command: type[_Command], given: _Given) -> _Command:
    options = options_of(command)
    values: dict[str, Any] = {}
    for field, option in options.items():
        if texts := given.get(field):
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
        variables = f" (or set {' or '.join(option.variables)})" if option.variables else ""
        return f"{option.usage} is missing{variables}"
    source = option.flag if field in given else next(filter(os.environ.get, option.variables), option.flag)
    return f"{source}: {detail['msg'].removeprefix('Value error, ')}"


def _unknown(words: Sequence[str], name: str, command: type[Options]) -> SettingsError:
    # Loaded only now, because a command line without mistakes does not need it.
    from cloudsmith_oidc.suggestions import did_you_mean  # noqa: PLC0415

    # A word without a dash may be the value of an unknown option, and is then not shown: it may be a secret.
    word = next((word for word in words if word.startswith("-")), words[0]).partition("=")[0]
    known = [*(() if name else COMMANDS), *(option.flag for option in options_of(command).values()), "--help"]
    kind = f"an option of {_PROGRAM} {name}".strip() if word.startswith("-") or name else "a command"
    hint = did_you_mean(word, known) + _see_help(name)
    if word in {"--token", "--oidc-token", "--id-token", "--jwt"}:
        hint = (
            "An argument is visible to all users of this machine: let the token expire, and give the next one in the "
            f"variable CLOUDSMITH_OIDC_TOKEN, or with --token-stdin. {_see_help(name)}"
        )
    elif "--format" in known and word in formats.names():
        hint = f"Put commas between formats, as in --format pip,npm. {_see_help(name)}"
    # A value can also be joined to a short option, as in -pSECRET.
    shown = word if word.startswith("--") or not word.startswith("-") else word[:2]
    return SettingsError(f"{quoted(shown)} is not {kind}", hint=hint)


def _see_help(name: str) -> str:
    return f"See {f'{_PROGRAM} {name}'.strip()} --help"


def _print_and_end(text: str) -> NoReturn:
    streams.write(text.encode())
    raise SystemExit


def _help(name: str) -> str:
    """Return the help of a command; without a name, that of the program."""
    if not name:
        rows = {command: " ".join((kind.__doc__ or "").split()) for command, kind in COMMANDS.items()}
        return _parser(name, Options, rows).format_help()
    # All formats are loaded only here.
    known = {of_format: formats.load(of_format).options.items() for of_format in formats.names()}
    rows = {f"{of}.{option}={what.takes}": what.help for of, options in known.items() for option, what in options}
    return _parser(name, COMMANDS[name], rows if COMMANDS[name] is Login else {}).format_help()


def _parser(name: str, command: type[Options], rows: Mapping[str, str] | None = None) -> argparse.ArgumentParser:
    """Return the parser of a command's options, without a name of the program's; `rows` are for its help only."""
    options = options_of(command)
    required = [option.usage for option in options.values() if option.required]
    parser = argparse.ArgumentParser(
        usage=" ".join([_PROGRAM, name or "COMMAND", *required, "[OPTION]..."]),
        description=command.__doc__ if name else _ABOUT,
        formatter_class=_Formatter,
        argument_default=argparse.SUPPRESS,
        add_help=False,
        allow_abbrev=False,
        exit_on_error=False,
    )
    middle = "options of the formats, for --format-option" if name else "commands"
    titles = ("required", "options", middle, "options of every command")
    groups = {title: parser.add_argument_group(title) for title in titles}
    for field, option in options.items():
        title = "required" if option.required else titles[-1] if field in Options.model_fields else "options"
        named: dict[str, Any] = {"help": "\n".join(_meaning(option)).replace("%", "%%")}
        if not option.flag.startswith("-"):
            groups[title].add_argument(field, metavar=option.flag, nargs="?", action="append", **named)
        elif option.takes:
            groups[title].add_argument(option.flag, dest=field, metavar=option.takes, action="append", **named)
        else:
            groups[title].add_argument(option.flag, dest=field, const="", action="append_const", **named)
    for left, right in (rows or {}).items():
        groups[middle].add_argument(left, metavar=left, help=right.replace("%", "%%"))
    groups[titles[-1]].add_argument("--help", action="store_true", help="Print this text. -h does the same.")
    if not name:
        groups[titles[-1]].add_argument("--version", action="store_true", help="Print the version.")
    return parser


def _meaning(option: Option) -> Iterator[str]:
    yield option.help
    if option.repeatable:
        yield "Several: repeat it, or put commas between them." if option.commas else "Several: repeat it."
    default = ",".join(option.default) if isinstance(option.default, tuple) else option.default
    if default and not option.required and not isinstance(default, bool):
        yield f"Default: {default}"
    if option.variables:
        yield f"Variable: {' or '.join(option.variables)}"


class _Formatter(argparse.HelpFormatter):
    """Help of 80 columns, which keeps the lines of a text apart and breaks no option at its dashes."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=80)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return [line for part in text.splitlines() for line in textwrap.wrap(part, width, break_on_hyphens=False)]

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return indent + "\n".join(self._split_lines(" ".join(text.split()), width))
