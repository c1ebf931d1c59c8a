"""Which language a message is in."""

import pytest

from guardrails.signals import identify


@pytest.mark.parametrize(("text", "lang", "spoken"), [
    ("how do I reset my password", "en", "en"),
    ("نسيت كلمة المرور", "ar", "ar"),
    ("رمز عبورم را فراموش کرده‌ام", "fa", "fa"),
    ("ميخوام با كارشناس صحبت كنم", "fa", "fa"),             # Persian on an Arabic keyboard
    ("VPN وصل نمیشه", "fa", "fa"),
    ("الـ VPN ما يشتغل معي", "ar", "ar"),
    ("3ayez akallem 7ad men el support", "ar", "arabizi"),
    ("bghit nhder m3a chi wahed", "ar", "arabizi"),
    ("mikham ba ye adam harf bezanam", "fa", "finglish"),
    ("ramzam yadam rafte chikar konam", "fa", "finglish"),
    ("The page https://wiki.example.com/سلام does not open", "en", "en"),
])
def test_a_message_of_several_words_says_its_language(text, lang, spoken):
    tongue = identify(text)
    assert (tongue.lang, tongue.spoken, tongue.sure) == (lang, spoken, True)


@pytest.mark.parametrize("last", ["en", "ar", "fa"])
@pytest.mark.parametrize("text", ["ok", "vpn", "12345", "👍", "???", "human"])
def test_what_belongs_to_nobody_keeps_the_language(text, last):
    assert identify(text, last).lang == last


@pytest.mark.parametrize(("text", "last"), [("سلام", "ar"), ("سلام", "fa"), ("hello", "fa"), ("merci", "fa")])
def test_a_turn_of_one_word_keeps_the_language(text, last):
    assert identify(text, last).lang == last


@pytest.mark.parametrize(("text", "last", "lang"), [("مرحبا", "en", "ar"), ("پسورد", "en", "fa"), ("I forgot my password", "fa", "en"),
                                                    ("رمزم رو یادم رفته", "ar", "fa"), ("عايز أكلم موظف", "fa", "ar")])
def test_the_language_may_change_in_mid_conversation(text, last, lang):
    assert identify(text, last).lang == lang


@pytest.mark.parametrize("text", ["забыл пароль", "パスワードを忘れました", "میرا پاس ورڈ بھول گیا ہے", "وشەی نهێنیم لەبیرچووە",
                                  "Ich habe mein Passwort vergessen und brauche Hilfe"])
def test_other_languages_are_called_so(text):
    assert identify(text, "ar") == identify(text, "ar").__class__(lang="ar", spoken="other", sure=True)
