import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connections.records import CATEGORIES, SENTIMENTS, Signals
from enrichment.comments import (
    analyze_sentiment,
    calculate_priority,
    detect_categories,
    detect_language,
    extract_keywords,
    read_comments,
    signals,
)
from enrichment.findings import AuthorHistory

ANY_TEXT = st.text(st.characters(), max_size=300)
TRICKY_TEXT = st.text(
    st.sampled_from("aж好ア🔥❤?!.@#+1$ \n\t\0\ud800\u200d\u202e\u0301\U000e0041\ufdfa'-*<>:/क्ি"), max_size=200
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love this, amazing work", "positive"),
        ("This is terrible, waste of time", "negative"),
        ("I uploaded mine at nine", "neutral"),
        ("not good at all", "negative"),
        ("not bad at all", "positive"),
        ("I love the idea but the audio is terrible", "neutral"),
        ("soooo gooooood", "positive"),
        ("😍😍", "positive"),
        ("👎👎", "negative"),
        ("este video es increíble, me encanta", "positive"),
        ("no me gusta nada", "negative"),
        ("não gostei, muito chato", "negative"),
        ("das ist wirklich schlecht", "negative"),
        ("c'est magnifique, merci", "positive"),
        ("bellissimo, complimenti", "positive"),
        ("очень плохо, отстой", "negative"),
        ("فيديو رائع ما شاء الله", "positive"),
        ("bu video hiç güzel değil", "negative"),
        ("bagus banget, mantap kak", "positive"),
        ("最高です、ありがとう", "positive"),
        ("진짜 최고예요 감사합니다", "positive"),
        ("很精彩，谢谢分享", "positive"),
        ("बहुत शानदार वीडियो, धन्यवाद", "positive"),
        ("bahut bakwas video hai", "negative"),
        ("খুব সুন্দর গান, ভালোবাসা রইল", "positive"),
        ("semma padam, vera level", "positive"),
        ("padam mosham, boru aanu", "negative"),
        ("świetny film, dziękuję", "positive"),
        ("geweldige video, bedankt", "positive"),
    ],
)
def test_sentiment(text: str, expected: str) -> None:
    assert analyze_sentiment(text).value == expected


def test_the_german_article_is_no_english_death() -> None:
    assert analyze_sentiment("die Kamera steht auf dem Tisch").value == "neutral"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("How do you edit your videos", "question"),
        ("is this the new camera?", "question"),
        ("¿cómo se llama la canción?", "question"),
        ("bu şarkının adı ne", "question"),
        ("この曲の名前は何ですか", "question"),
        ("как называется песня?", "question"),
        ("please make part 2", "request"),
        ("faz um vídeo sobre isso", "request"),
        ("We would love to collaborate with you, send us your media kit", "collab"),
        ("nos gustaría colaborar contigo, tenemos una propuesta comercial", "collab"),
        ("thank you so much, your videos are the best", "praise"),
        ("the audio is terrible, can't hear you", "criticism"),
        ("shut up you idiot", "toxic"),
        ("halt die fresse du hurensohn", "toxic"),
        ("you are so fu\u200bcking stupid", "toxic"),
    ],
)
def test_category_is_found(text: str, category: str) -> None:
    assert category in detect_categories(text).value


@pytest.mark.parametrize(
    "text",
    [
        "sub4sub anyone",
        "check out my channel please",
        "Contact me on Теlеgrаm +1 555 123 4567",
        "𝓦𝓱𝓪𝓽𝓼𝓐𝓹𝓹 +44 7700 900123 to invest",
        "Ｗｈａｔｓａｐｐ ＋１ ５５５ １２３ ４５６７",
        "Earn $5000 weekly with Mrs Smith, write her on t.me/mrs_smith",
        "http://cheap-followers.xyz/now",
        "s.u.b.s.c.r.i.b.e to my channel",
        "te1egram me +1 (555) 123-4567",
        "visita mi canal y suscríbete a mi canal",
        "подпишитесь на мой канал",
        "加微信 赚钱",
    ],
)
def test_spam_is_found(text: str) -> None:
    assert detect_categories(text).value == ("spam",)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Best collab of the year", "collab"),
        ("please collab with another baker", "collab"),
        ("beware of scammers: the fake telegram account is not him", "spam"),
        ("I subscribed years ago, still the best", "spam"),
        ("my order number is 5551234567890", "spam"),
        ("this is fucking amazing", "toxic"),
        ("sick beat, crazy good", "toxic"),
        ("who else is here in 2025?", "question"),
        ("I know what you mean", "question"),
        ("@anna.smith look at this", "spam"),
    ],
)
def test_category_is_no_false_alarm(text: str, category: str) -> None:
    assert category not in detect_categories(text).value


def test_categories_are_never_empty_and_in_the_vocabulary_s_order() -> None:
    assert detect_categories("").value == ("other",)
    found = detect_categories("I love your videos! Which camera do you use? Please make part 2").value
    assert found == ("question", "request", "praise")


def test_spam_hides_its_own_bait() -> None:
    found = detect_categories("Love your videos! Want to earn? Check out my channel http://x.xyz/a").value
    assert found == ("spam",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "und"),
        ("😂😂😂 123 https://example.com", "und"),
        ("lol", "und"),
        ("hahaha", "und"),
        ("jajajaja", "es"),
        ("kkkkkk", "pt"),
        ("hola", "es"),
        ("xq", "und"),
        ("This is the best tutorial I have seen", "en"),
        ("muito bom esse vídeo, adorei demais", "pt"),
        ("これは好き", "ja"),
        ("최고예요", "ko"),
        ("สวยมาก", "th"),
        ("πολύ ωραίο", "el"),
        ("מדהים", "he"),
        ("நன்றி", "ta"),
        ("ধন্যবাদ", "bn"),
        ("इस गाने का नाम क्या है", "hi"),
        ("yaar bahut accha gaana hai", "hi"),
        ("bagus banget kak, semoga sukses", "id"),
        ("@someone #hashtag", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert detect_language(text).value == code


def test_langdetect_can_be_chosen_and_repeats_itself() -> None:
    text = "Das ist wirklich ein sehr schönes Video gewesen"
    found = {detect_language(text, engine="langdetect").value for _ in range(3)}
    assert found == {"de"}
    assert detect_language("😂 123", engine="langdetect").value == "und"


def test_keywords_are_what_the_comment_is_about() -> None:
    found = extract_keywords("Which Sony camera do you use for the sourdough close-ups? #baking").value
    assert found[0] == "baking"
    assert {"sony", "camera", "sourdough"} <= set(found)
    assert not {"which", "you", "the", "for"} & set(found)


def test_one_text_gives_one_finding_and_a_list_gives_a_list_in_order() -> None:
    one, other = analyze_sentiment(["love it", "hate it"])
    assert (one.value, other.value) == ("positive", "negative")
    assert one == analyze_sentiment("love it")
    assert detect_language([]) == []


def test_single_functions_agree_with_the_one_pass() -> None:
    text = "Me encanta tu canal, ¿cómo haces los vídeos?"
    found = read_comments([text])[0]
    assert found.sentiment == analyze_sentiment(text).value
    assert found.categories == detect_categories(text).value
    assert found.detected_keywords == extract_keywords(text).value
    assert found.language == detect_language(text).value


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you",
        "we know where you live",
        "te voy a matar",
        "ich bring dich um",
        "я тебя убью",
        "I want to kill myself",
        "no quiero vivir",
        "je veux mourir",
        "死にたい",
        "죽고 싶어요",
        "不想活了",
        "main marna chahta hu",
        "quero morrer",
        "ölmek istiyorum",
    ],
)
def test_threats_and_self_harm_come_first_whoever_writes_them(text: str) -> None:
    found = read_comments([text])[0]
    assert found.floor >= 90
    assert calculate_priority(found, 0, 0, AuthorHistory(is_blocked=True)).value == found.floor


@pytest.mark.parametrize("text", ["This video killed me 😂", "I'm dead lol", "don't kill the vibe", "to die for"])
def test_figures_of_speech_set_no_floor(text: str) -> None:
    assert read_comments([text])[0].floor == 1


def test_priority_ranks_what_wants_an_answer() -> None:
    texts = ["check out my channel", "love your videos", "Which camera do you use?", "I want to end my life"]
    spam, praise, question, crisis = (calculate_priority(found).value for found in read_comments(texts))
    assert spam < praise < question < crisis


def test_own_comments_are_never_mind_even_when_they_ask() -> None:
    found = read_comments(["How do you all like it?"])[0]
    assert calculate_priority(found, 10_000, 500, AuthorHistory(is_own=True)).value == 1


def test_priority_knows_its_people() -> None:
    found = read_comments(["Which camera do you use?"])[0]
    plain = calculate_priority(found).value
    assert calculate_priority(found, author=AuthorHistory(is_superfan=True)).value > plain
    assert calculate_priority(found, author=AuthorHistory(is_vip=True)).value > plain
    assert calculate_priority(found, author=AuthorHistory(is_blocked=True)).value <= 5


@given(
    text=st.sampled_from(
        ["", "why?", "I love it", "sub4sub", "I will kill you", "help me please, urgent, where is my order?"]
    ),
    likes=st.integers(0, 10**7),
    more=st.integers(0, 10**7),
    replies=st.integers(0, 500),
    author=st.builds(
        AuthorHistory,
        comments_before=st.integers(0, 500),
        replies_from_us=st.integers(0, 500),
        is_superfan=st.booleans(),
        is_vip=st.booleans(),
        is_blocked=st.booleans(),
    ),
)
def test_priority_is_in_range_monotone_and_explained(
    text: str, likes: int, more: int, replies: int, author: AuthorHistory
) -> None:
    found = read_comments([text])[0]
    priority = calculate_priority(found, likes, replies, author)
    assert max(1, found.floor) <= priority.value <= 100
    assert sum(reason.weight for reason in priority.reasons) == priority.value
    assert calculate_priority(found, likes + more, replies, author).value >= priority.value
    assert calculate_priority(found, likes, replies + more, author).value >= priority.value


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANY_TEXT, TRICKY_TEXT))
@example("\0")
@example("\ud800\udfff")
@example("#")
@example("@ # ' - <3")
def test_no_text_raises_and_every_answer_is_in_the_vocabulary(text: str) -> None:
    found = read_comments([text])[0]
    assert found.sentiment in SENTIMENTS
    assert found.categories
    assert set(found.categories) <= set(CATEGORIES)
    assert found.language.isascii()
    assert all(0 <= value <= 1 for value in found.confidence.values())
    for reason in found.reasons:
        assert len(reason.detail) <= 80
        assert reason.detail.isprintable()
    assert found == read_comments([text])[0]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "http://" * 3_000,
        "www." * 5_000,
        "a." * 10_000,
        "a@a." * 5_000,
        "1 " * 10_000,
        "(1-" * 7_000,
        "?!" * 10_000,
        "❤" * 20_000,
        "好" * 20_000,
        "t e " * 5_000,
        "#" * 20_000,
        "\ufdfa" * 20_000,
        "ja" * 10_000,
        "you idiot " * 2_000,
        "x\u0301" * 10_000,
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_hostile_repetition_costs_no_more_than_its_length(text: str) -> None:
    read_comments(["warm"])
    started = time.process_time()
    read_comments([text])
    assert time.process_time() - started < 0.5


def test_signals_carry_both_parts_to_the_crm() -> None:
    found = read_comments(["Which camera do you use?"])[0]
    priority = calculate_priority(found, 3, 0)
    record = signals(found, priority)
    assert isinstance(record, Signals)
    assert record.priority_score == priority.value
    assert record.source == "local"
    assert record.reasons == found.reasons + priority.reasons
    assert record.confidence.keys() >= {"sentiment", "categories", "language", "priority_score"}


def test_urgency_raises_priority() -> None:
    found = read_comments(["where is my order? it never arrived"])[0]
    assert found.urgency > 0
    assert calculate_priority(found).value > calculate_priority(replace(found, urgency=0.0)).value
