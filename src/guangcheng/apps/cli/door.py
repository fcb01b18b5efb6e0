"""What every command does at the door: choose the language, print, translate errors into exit codes.

Exit codes: 0 done · 1 the answer is "no" or partial · 2 bad input or usage, with how to mend it · 3 internal error ·
130 interrupted (nothing half-done is left). With ``--json`` exactly one JSON object goes to stdout and nothing else.
Without it the answer goes to stdout; messages, warnings and progress always go to stderr.
"""

import errno
import functools
import itertools
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import click

from guangcheng.base.errors import GuangchengError, InputError, Where
from guangcheng.base.progress import Progress
from guangcheng.base.text import Lang, Text

P = ParamSpec("P")

EXIT_DONE, EXIT_NO, EXIT_INPUT, EXIT_INTERNAL, EXIT_INTERRUPTED = 0, 1, 2, 3, 130


def lang() -> Lang:
    """Return the language of this run: ``--lang``, else ``GUANGCHENG_LANG``, else Chinese."""
    argv = sys.argv[1:]
    asked = next((after for flag, after in itertools.pairwise(argv) if flag == "--lang"), None)
    asked = asked or next((arg.partition("=")[2] for arg in argv if arg.startswith("--lang=")), None)
    return "en" if (asked or os.environ.get("GUANGCHENG_LANG", "zh")).lower().startswith("en") else "zh"


def words(zh: str, en: str) -> str:
    """Choose the sentence for this run; for help texts, which click wants as plain strings."""
    return Text(zh=zh, en=en).in_(lang())


def say(text: Text | str = "") -> None:
    """Print a line for people on stderr."""
    click.echo(text.in_(lang()) if isinstance(text, Text) else text, err=True)


def show(answer: str) -> None:
    """Print the answer for people on stdout, so that it can be paged and piped; only without ``--json``."""
    click.echo(answer)


def emit(result: dict[str, Any], *, as_json: bool) -> None:
    """Print the one JSON object on stdout when it was asked for."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, separators=(",", ":")))


def keep(result: dict[str, Any], path: Path | None) -> None:
    """Write the result to a JSON file too, where one was named."""
    if path is not None:
        path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Bar:
    """A progress bar on stderr, drawn only on a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None

    def start(self, label: str, total: int | None) -> None:
        """Begin a bar."""
        if not sys.stderr.isatty():
            return
        from tqdm import tqdm

        self.finish()
        self._bar = tqdm(total=total, desc=label, file=sys.stderr, leave=False, dynamic_ncols=True)

    def advance(self, done: int = 1) -> None:
        """Move it on."""
        if self._bar is not None:
            self._bar.update(done)

    def finish(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def progress() -> Progress:
    """Return what long work reports to in this run."""
    return Bar()


def json_option(command: Callable[P, Any]) -> Callable[P, Any]:
    """Add ``--json``."""
    help_ = words("在标准输出打印一个 JSON 对象，别的都不打印", "print one JSON object on stdout and nothing else")
    return click.option("--json", "as_json", is_flag=True, help=help_)(command)


def lang_option(command: Callable[P, Any]) -> Callable[P, Any]:
    """Add ``--lang`` (read by :func:`lang` before click parses, so that help texts follow it too)."""
    help_ = words("语言：zh（默认）或 en", "language: zh (default) or en")
    return click.option("--lang", type=click.Choice(["zh", "en"]), expose_value=False, help=help_)(command)


def common(command: Callable[P, int]) -> Callable[P, None]:
    """Give a command ``--json`` and ``--lang`` and turn its returned number into the exit code."""

    @lang_option
    @json_option
    @functools.wraps(command)
    def at_the_door(*args: P.args, **kwargs: P.kwargs) -> None:
        code = command(*args, **kwargs)
        if code:
            sys.exit(code)

    return at_the_door


def error_object(kind: str, message: Text, mend: Text, where: dict[str, Any] | None = None) -> dict[str, Any]:
    """Build the JSON object of a refusal."""
    place = {key: value for key, value in (where or {}).items() if value is not None}
    return {
        "error": {
            "kind": kind,
            "message": {"zh": message.zh, "en": message.en},
            "mend": {"zh": mend.zh, "en": mend.en},
            "where": place,
        }
    }


def _refuse(error: GuangchengError, *, as_json: bool) -> int:
    place = {name: getattr(error.where, name) for name in ("file", "sheet", "row", "column", "field")}
    say(error.in_(lang()))
    emit(error_object(type(error).__name__, error.message, error.mend, place), as_json=as_json)
    return EXIT_INPUT


def _chinese(error: click.ClickException) -> str:
    """Say click's commonest refusals in Chinese; the others keep its own words."""
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"缺少 {error.param.get_error_hint(error.ctx) if error.ctx else error.param.name}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{error.param.name} 的取值不对：{error.message}"
    return error.format_message()


def _usage(error: click.ClickException, *, as_json: bool) -> int:
    mend = Text(zh="加 --help 看用法", en="add --help to see how it is used")
    message = Text(zh=f"用法不对：{_chinese(error)}", en=f"wrong usage: {error.format_message()}")
    say(f"{message.in_(lang())}\n{mend.in_(lang())}")
    emit(error_object("UsageError", message, mend), as_json=as_json)
    return EXIT_INPUT


_FILE_TROUBLES = {
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许",
    errno.EROFS: "只读，不能写入",
    errno.ENOSPC: "磁盘已满",
    errno.ENOENT: "文件或文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENAMETOOLONG: "文件名太长",
}


def _unusable(error: OSError, *, as_json: bool) -> int:
    """Say that the machine refused to read or write; whole or absent, so nothing half-written is left."""
    why = os.strerror(error.errno) if error.errno else str(error)
    message = Text(
        zh=f"读写失败：{_FILE_TROUBLES.get(error.errno or 0, why)}",
        en=f"reading or writing failed: {why}",
    )
    mend = Text(
        zh="检查路径、权限和磁盘空间后再做一次；原有内容没有改动",
        en="check the path, the permissions and the free space, then do it again; what was there is unchanged",
    )
    file = None if error.filename is None else str(error.filename)
    return _refuse(InputError(message, mend=mend, where=Where(file=file)), as_json=as_json)


def _internal(error: BaseException, *, as_json: bool) -> int:
    if os.environ.get("GUANGCHENG_DEBUG"):
        traceback.print_exception(error)
    message = Text(
        zh=f"程序内部出错（{type(error).__name__}：{error}）；数据没有改动",
        en=f"internal error ({type(error).__name__}: {error}); no data was changed",
    )
    mend = Text(
        zh="请把这句话连同命令报给开发者；设 GUANGCHENG_DEBUG=1 可看细节",
        en="please report this line with the command; GUANGCHENG_DEBUG=1 shows the details",
    )
    say(f"{message.in_(lang())}\n{mend.in_(lang())}")
    emit(error_object("InternalError", message, mend), as_json=as_json)
    return EXIT_INTERNAL


def run_command(main: Callable[..., Any], argv: list[str]) -> int:
    """Run the command line ``argv`` and return the exit code; no traceback ever reaches a person."""
    as_json = "--json" in argv
    try:
        main(args=argv, standalone_mode=False, prog_name="guangcheng")
    except GuangchengError as error:
        return _refuse(error, as_json=as_json)
    except click.exceptions.Abort:
        return _interrupted()
    except click.ClickException as error:
        return _usage(error, as_json=as_json)
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_DONE
    except BrokenPipeError:
        return EXIT_DONE
    except OSError as error:
        return _unusable(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the one place where the unforeseen is turned into words
        return _internal(error, as_json=as_json)
    return EXIT_DONE


def _interrupted() -> int:
    say(Text(zh="已中断；没有留下做到一半的结果", en="interrupted; nothing half-done is left"))
    return EXIT_INTERRUPTED
