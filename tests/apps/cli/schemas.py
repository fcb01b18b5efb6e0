"""Hold outputs against the committed JSON Schemas."""

import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def _all() -> dict[str, Any]:
    folder = resources.files("guangcheng.apps").joinpath("schemas")
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir()}


def validate(name: str, value: object) -> None:
    """Fail with the first places where ``value`` is not what ``<name>.schema.json`` says."""
    schemas = _all()
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    )
    validator = Draft202012Validator(schemas[f"{name}.schema.json"], registry=registry)
    errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(value)]
    assert not errors, errors[:5]


def names() -> set[str]:
    """Names of all committed schemas."""
    return {name.removesuffix(".schema.json") for name in _all()}
