import time

import pytest

from enrichment.cleaning import as_latin, clean, fold, is_dressed_up, is_mixed_script, without_accents


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("fr\x00ee", "free"),
        ("pay\u200bpal", "paypal"),
        ("\u202egnp.exe", "gnp.exe"),
        ("hi\U000e0041\U000e0042", "hi"),
        ("a\ud800b", "ab"),
        ("Ｆｒｅｅ", "Free"),
        ("𝓽𝓮𝓵𝓮𝓰𝓻𝓪𝓶", "telegram"),
        ("ᴛᴇʟᴇɢʀᴀᴍ", "telegram"),
        ("🅃🄴🄻🄴", "TELE"),
        ("it’s", "it's"),
        ("مـــمتاز", "ممتاز"),
    ],
)
def test_clean_drops_the_invisible_and_undresses_letters(written: str, read: str) -> None:
    assert clean(written) == read


def test_clean_keeps_line_breaks_and_other_scripts() -> None:
    assert clean("नमस्ते\n你好 ßé") == "नमस्ते\n你好 ßé"


def test_clean_keeps_the_end_of_a_long_text_where_spam_hides() -> None:
    assert clean("a" * 20_000 + " telegram").endswith("telegram")
    assert len(clean("a" * 20_000)) < 3_100


def test_clean_cuts_stacked_marks_to_two() -> None:
    assert len(clean("x" + "\u0325\u0301" * 500)) <= 4


def test_fold_lowers_a_turkish_dotted_capital_to_one_letter() -> None:
    assert fold("İYİ") == "iyi"


def test_mixed_script_words_read_as_latin() -> None:
    assert is_mixed_script("теlеgrаm")
    assert as_latin("теlеgrаm") == "telegram"
    assert not is_mixed_script("телеграм")


def test_dressed_up_needs_several_letters() -> None:
    assert is_dressed_up("𝓯𝓻𝓮𝓮 money")
    assert not is_dressed_up("ﬁne ½ ™")


def test_without_accents_keeps_other_scripts_whole() -> None:
    assert without_accents("canción ışık") == "cancion isik"
    assert without_accents("কি") == "কি"


def test_clean_is_linear_on_a_run_of_marks() -> None:
    started = time.perf_counter()
    clean("a" + "".join(chr(0x300 + i % 0x70) for i in range(200_000)))
    assert time.perf_counter() - started < 1
