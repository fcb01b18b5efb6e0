"""The ledger finds an edit, a deletion, a swap, a cut and a chain hashed anew, and names the first bad entry."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from guangcheng.base.errors import Refused
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.models import LedgerEntry, LedgerHead, User
from tests.people import act, drop_triggers

Attack = Callable[[], None]


@pytest.fixture
def chain(person: Callable[..., User]) -> list[Anchor]:
    """Ten acts and their anchors; the database's triggers taken away, as somebody with its password could."""
    user = person("administrator")
    anchors = []
    for number in range(10):
        with transaction.atomic():
            anchors.append(ledger.record(act(user), "test.act", f"thing:{number}", facts={"number": number}))
    drop_triggers()
    return anchors


def sql(statement: str, *values: str | int) -> None:
    """Change the database behind the program's back."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def rehash(start: int) -> None:
    """Hash the chain anew from an entry on, head and all, as somebody without the key could."""
    previous = ledger.START
    for entry in LedgerEntry.objects.order_by("seq"):
        if entry.seq >= start:
            entry.previous = previous
            entry.hash = ledger.digest_of(entry)
            sql("UPDATE platform_ledgerentry SET previous=%s, hash=%s WHERE seq=%s", previous, entry.hash, entry.seq)
        previous = entry.hash
    LedgerHead.objects.update(hash=previous)


def edit() -> None:
    sql("UPDATE platform_ledgerentry SET facts='{}' WHERE seq=4")


def delete() -> None:
    sql("DELETE FROM platform_ledgerentry WHERE seq=4")


def reorder() -> None:
    sql("UPDATE platform_ledgerentry SET seq=-1 WHERE seq=4")
    sql("UPDATE platform_ledgerentry SET seq=4 WHERE seq=5")
    sql("UPDATE platform_ledgerentry SET seq=5 WHERE seq=-1")


def edit_and_rehash() -> None:
    edit()
    rehash(4)


def cut() -> None:
    sql("DELETE FROM platform_ledgerentry WHERE seq>6")


def cut_with_head() -> None:
    cut()
    LedgerHead.objects.update(seq=6, hash=LedgerEntry.objects.get(seq=6).hash)


def test_a_sound_chain(chain: list[Anchor]) -> None:
    assert ledger.verify(chain) is None
    assert ledger.head() == chain[-1]


@pytest.mark.parametrize(
    ("attack", "first_bad"), [(edit, 4), (delete, 4), (reorder, 4), (edit_and_rehash, 4), (cut, 7)]
)
def test_an_attack_is_found_from_inside(chain: list[Anchor], attack: Attack, first_bad: int) -> None:
    attack()
    broken = ledger.verify()
    assert broken is not None
    assert broken.seq == first_bad


def test_a_cut_together_with_the_head_is_found_by_an_anchor(chain: list[Anchor]) -> None:
    cut_with_head()
    assert ledger.verify() is None
    broken = ledger.verify([chain[8]])
    assert broken is not None
    assert broken.seq == 7


def test_a_forged_anchor_names_its_entry(chain: list[Anchor]) -> None:
    broken = ledger.verify([chain[2], Anchor(5, "f" * 64)])
    assert broken is not None
    assert broken.seq == 5


def test_the_database_refuses_to_change_an_entry(person: Callable[..., User]) -> None:
    with transaction.atomic():
        ledger.record(act(person("viewer")), "test.act", "thing:1")
    for statement in ("UPDATE platform_ledgerentry SET facts='x'", "DELETE FROM platform_ledgerentry"):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)
    entry = LedgerEntry.objects.get(seq=1)
    with pytest.raises(Refused):
        entry.save()
    with pytest.raises(Refused):
        entry.delete()
