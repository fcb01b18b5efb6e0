"""Machine code of :mod:`._grid`, kept between runs as object files that load without Numba.

Importing Numba and its cached functions takes longer than most commands; an object file with llvmlite takes a
twentieth of a second. It is made the first time (a few seconds), beside the source or, where that folder may not be
written, in the user's cache folder; one that does not fit this source, processor or LLVM is never looked at.
"""

import ctypes
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from guangcheng.store.files import write_whole_bytes

_SOURCE = Path(__file__).with_name("_grid.py")
_FOLDERS = (_SOURCE.parent / "__pycache__", Path.home() / ".cache" / "guangcheng")
_GRID = (*(ctypes.c_double,) * 8, *(ctypes.c_int64,) * 2, *(ctypes.c_void_p,) * 4)
_CELLS = (*(ctypes.c_double,) * 4, *(ctypes.c_int64,) * 2)
_P, _N = ctypes.c_void_p, ctypes.c_int64
_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "fill_cells": (_P, _P, _N, *_CELLS, *(_P,) * 4),
    "order_rows": (*(_P,) * 3, _N, *_CELLS, *(_P,) * 5),
    "give_back": (_P, _N, *(_P,) * 4),
    "search": (*(_P,) * 3, _N, *_GRID, *(_P,) * 8),
}


class _Code:
    """What must stay alive while functions of an object file are called."""

    def __init__(self, content: bytes) -> None:
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        empty = llvm.parse_assembly("")
        self._engine = llvm.create_mcjit_compiler(empty, machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(content))
        self._engine.finalize_object()

    def function(self, name: str) -> Callable[..., None]:
        """The function by its name, callable with addresses and numbers; other Python threads run meanwhile."""
        address = self._engine.get_function_address(name)
        made: Callable[..., None] = ctypes.CFUNCTYPE(None, *_ARGUMENTS[name])(address)
        return made


@cache
def functions() -> dict[str, Callable[..., None]]:
    """The functions of :mod:`._grid` by name."""
    return {name: _code().function(name) for name in _ARGUMENTS}


@cache
def _code() -> _Code:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return _Code(_object_code())


def _object_code() -> bytes:
    name = f"_grid.{_fingerprint()}.o"
    for folder in _FOLDERS:
        path = folder / name
        if path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content[:-32]).digest() == content[-32:]:
                return content[:-32]
    content = _compile()
    for folder in _FOLDERS:
        if _kept(folder / name, content + hashlib.sha256(content).digest()):
            break
    return content


def _fingerprint() -> str:
    """What the machine code depends on: the source, LLVM, the processor."""
    features = llvm.get_host_cpu_features().flatten()
    parts = (llvmlite.__version__, llvm.get_default_triple(), llvm.get_host_cpu_name(), features)
    return hashlib.sha256("\n".join(parts).encode() + _SOURCE.read_bytes()).hexdigest()[:32]


def _kept(path: Path, content: bytes) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole_bytes(path, content)
    except OSError:
        return False
    return True


def _compile() -> bytes:
    from guangcheng.coverage import _grid

    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )
    whole = llvm.parse_assembly("")
    for name in _ARGUMENTS:
        whole.link_in(llvm.parse_assembly(_grid.machine_text(name)))
    content: bytes = machine.emit_object(whole)
    return content
