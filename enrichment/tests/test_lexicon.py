from enrichment.lexicon import FOLDER, lexicon, read_sections, scan, segment
from enrichment.reading import prepare

KINDS = {
    "positive", "negative", "praise", "criticism", "question", "qword", "rhetorical", "request", "collab",
    "collab_word", "collab_against", "spam", "spam_against", "lure", "toxic", "threat", "selfharm", "urgent",
    "negate", "negate_after", "boost", "soften", "but", "clause", "asks", "you", "content", "stop",
}  # fmt: skip


def kinds(text: str, language: str = "en") -> set[str]:
    return {mark.kind for hit in scan(prepare(text).tokens, language) for mark in hit.entry.marks}


def test_every_section_of_every_file_is_of_a_kind_that_somebody_reads() -> None:
    for path in FOLDER.glob("*.txt"):
        for header, entries in read_sections(path):
            found = {part.split()[0] for part in header.split(",")}
            assert found <= KINDS, path.name
            assert entries, (path.name, header)


def test_no_entry_is_empty_or_longer_than_a_phrase() -> None:
    sizes = {entry.size for head in lexicon().heads.values() for entry in head.alone + head.open_phrases}
    assert 0 not in sizes
    assert max(sizes) <= 8


def test_a_phrase_that_is_an_opinion_hides_the_words_in_it() -> None:
    assert kinds("not bad") == {"positive"}


def test_a_phrase_that_is_no_opinion_leaves_the_words_their_tone() -> None:
    assert {"praise", "positive"} <= kinds("love this")


def test_accents_may_be_missing_but_not_change_a_word() -> None:
    assert "positive" in kinds("increible", "es")
    assert "positive" not in kinds("schon", "de")


def test_a_word_s_neighbours_choose_its_language() -> None:
    assert "negative" in kinds("bad", "en")
    assert kinds("bad", "de") == set()


def test_stretched_disguised_and_leet_words_are_recognised() -> None:
    assert "positive" in kinds("amaaaaazing")
    assert "toxic" in kinds("1d1ot")
    assert "toxic" in kinds("іdіоt")


def test_stems_match_inflected_words() -> None:
    assert "positive" in kinds("великолепная", "ru")
    assert "positive" in kinds("재밌었어요", "ko")


def test_unspaced_scripts_are_cut_at_known_words() -> None:
    assert "最高" in segment(["この動画は最高だった"])
