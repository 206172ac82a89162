import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.word_differences import Change, word_difference

words = st.text("ab \n", max_size=40)


@given(words, words)
def test_kept_and_added_words_make_the_new_text_kept_and_removed_the_old(
    before: str, after: str
) -> None:
    found = word_difference(before, after)
    assert "".join(s.text for s in found if s.change is not Change.REMOVED) == after
    assert "".join(s.text for s in found if s.change is not Change.ADDED) == before


def test_a_changed_number_is_one_word() -> None:
    found = word_difference("phát 03 lượt", "phát 06 lượt")
    assert [(s.change, s.text) for s in found] == [
        (Change.KEPT, "phát "), (Change.REMOVED, "03"), (Change.ADDED, "06"), (Change.KEPT, " lượt"),
    ]  # fmt: skip


@pytest.mark.slow
def test_very_long_texts_are_compared_line_by_line() -> None:
    found = word_difference("một hai\n" * 2_000, "một hai\n" * 2_000 + "ba bốn\n")
    assert [s.text for s in found if s.change is Change.ADDED] == ["ba bốn\n"]
