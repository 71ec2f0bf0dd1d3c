import pytest

from ivr.engine.pace import shortened


@pytest.mark.parametrize(
    ("text", "language", "heard"),
    [
        ("A complaint about a bill.", "en-US", "A complaint about a bill."),
        ("word " * 20, "en-US", ("word " * 11).strip()),
        ("szó " * 20, "hu-HU", ("szó " * 8).strip()),
        ("word " * 20, "xx", ("word " * 9).strip()),
        ("Account 4 0 2 2 7 1 9 5 and more words", "en-US", "Account 4 0 2 2 7 1 9 5 and more"),
        ("Account 4022719512345 is in arrears", "en-US", "Account"),
        ("One. Two. Three. Four. Five. Six. Seven. Eight.", "en-US", "One. Two. Three. Four. Five. Six."),
        ("A power cut. Account 9 9 9 9 9 9 9 9", "en-US", "A power cut."),
        ("A power cut, account 9 9 9 9 9 9 9 9 9", "en-US", "A power cut, account"),
        ("x" * 300, "en-US", ""),
        ("", "en-US", ""),
    ],
)
def test_a_text_is_cut_at_a_sentence_else_at_a_word_and_never_within_a_number(text, language, heard):
    assert shortened(text, language, 4.0) == heard
