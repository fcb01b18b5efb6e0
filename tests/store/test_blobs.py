"""What every Blobs promises; a new adapter joins by adding itself to ``BLOBS``."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError, NotFound
from guangcheng.store.folder_blobs import FolderBlobs
from guangcheng.store.ports import Blobs

BLOBS: dict[str, Callable[[Path], Blobs]] = {"folder": FolderBlobs}


@pytest.fixture(params=sorted(BLOBS))
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return BLOBS[request.param](tmp_path / "blobs")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000))
def test_bytes_come_back_under_their_hash(blobs: Blobs, content: bytes) -> None:
    hash_ = blobs.put(content)
    assert hash_ == hashlib.sha256(content).hexdigest()
    assert blobs.put(content) == hash_
    assert blobs.has(hash_)
    assert blobs.get(hash_) == content


@pytest.mark.parametrize("hash_", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63])
def test_absent_and_impossible_hashes_are_not_found(blobs: Blobs, hash_: str) -> None:
    assert blobs.has(hash_) is False
    with pytest.raises(NotFound):
        blobs.get(hash_)


def test_same_bytes_twice_keep_one_file(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    hash_ = blobs.put("清城区".encode())
    blobs.put("清城区".encode())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / hash_[:2] / hash_]


def test_damaged_bytes_are_refused_and_healed_by_the_same_put(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    hash_ = blobs.put(b"whole")
    path = tmp_path / hash_[:2] / hash_
    path.write_bytes(b"whale")
    with pytest.raises(InputError) as caught:
        blobs.get(hash_)
    assert caught.value.where.file == str(path)
    blobs.put(b"whole")
    assert blobs.get(hash_) == b"whole"
