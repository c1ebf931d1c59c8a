"""One-time codes: six to eight digits near a word for them, or as all that a message says."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from guardrails.redaction.digits import named_otherwise
from guardrails.redaction.view import Span, fold

_SIX_TO_EIGHT = r"(?:G-)?(?:\d{6,8}|\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d\d(?:[ -]\d\d){2,3}|\d(?:[ -]\d){5,7})"
NUMBER = re.compile(rf"(?=[\dG])(?<![\w.#/@+\-])(?<!\d[ -])(?:{_SIX_TO_EIGHT}|\d{{4,5}})(?![\w/@%]|[.:,\-]\d| \d)")
SURE = re.compile(
    fold(
        r"(?<![^\W_])(?:otp|one[- ]?time|verification|2fa|mfa|two[- ]factor|authenticator|security code|auth(?:entication)? code|sms code|"
        r"(?:log|sign)[ -]?in code|access code|pin|passcode|رمز (?:ال)?(?:تحقق|تأكيد|تفعيل|دخول|أمان|مؤقت)|كود (?:ال)?(?:تحقق|تأكيد|"
        r"تفعيل|دخول)|"
        r"كود التحقق|رمز لمرة واحدة|الرمز المؤقت|(?:کد|رمز) ?(?:تایید|تأیید|یک ?بار ?مصرف|پویا|فعال ?سازی|ورود|احراز هویت|دو مرحله ای|"
        r"پیامکی)(?:م)?|"
        r"کد امنیتی|پین(?: ?کد)?(?:م)?|(?:kod|code)e? (?:taeed|taiid|yek ?bar ?masraf|e?l?ta7a2o2|tahqiq)|ramze? (?:yek ?bar ?masraf|"
        r"pooya))(?![^\W_])"
    ),
    re.IGNORECASE,
)
WORD = re.compile(
    fold(
        r"(?<![^\W_])(?:codes?|token|otp|kod(?:e|et|esh|am)?|code(?:et|esh|am|o)|(?:[وب]?ال)?كود|(?:[وب]?ال)?رمز(?:ي|م|ش|و|رو)?|رقم التحقق|"
        r"sms|texted|text message|authenticator|پیامک(?:ی|م|ش)?|اس ام اس|رسالة نصية|المسج|مسج|"
        r"کد(?:ش|م|و|ی|رو|تون|ها)?)(?![^\W_])"
    ),
    re.IGNORECASE,
)
OTHER_CODE_BEFORE = re.compile(
    r"(?<![^\W_])(?:error|exit|status|return|zip|postal|post|area|country|dial(?:ing)?|qr|bar|source|event|stop|product|asset|cost|"
    r"discount|promo|"
    r"bug|check|department|branch|item|employee|tracking|invite|class|response)[ -]?$",
    re.IGNORECASE,
)
OTHER_CODE_AFTER = re.compile(
    fold(
        r"[ \t]*(?:ال)?(?:خطأ|خطا|خطای|ارور|پستی|بريدي|ملی|پرسنلی|رهگیری|پیگیری|کالا|اموال|موظف|وظيفي|أصل|مشتری|خصم|دولة|طلب|تتبع|"
        r"درخواست|تیکت|دستگاه|"
        r"فرع|قسم|منتج|عميل|صنف|شعبه|تخفیف|کشور|شهر|برنامه|error|erore|khata|melli)(?![^\W_])"
    ),
    re.IGNORECASE,
)
FILLER = fold(
    r"(?:here(?: it is| you go)?|it'?s|it is|this|is|ok(?:ay)?|thanks|please|pls|sure|got it|done|yes|the|my|هذا|هذي|هو|هي|هاي|تفضل|"
    r"تفضلي|تفضلوا|اتفضل|نعم|"
    r"تمام|شكرا|وصلني|وصل|اینه|این|است|هست|بفرما|بفرمایید|مرسی|ممنون|باشه|اومد|رسید|خدمت شما|ine|in|mersi|befarmaid|tfadal|tafadal|"
    r"shokran|tamam|ahu|aho)"
)
ALONE = re.compile(rf"[^\w]*(?:{FILLER}[^\w]+){{0,4}}({_SIX_TO_EIGHT})(?:[^\w]+{FILLER}){{0,4}}[^\w]*", re.IGNORECASE)
ALONE_AT_MOST = 60             # characters
LINK = re.compile(
    fold(
        r"(?:(?:[ \t]+[^\W\d]{1,15}){0,4}?(?:[ \t]+(?:is|was|are|it's|هو|هي|كان|اینه|این است|شد|ine|howa|heya)[ \t]*:?|"
        r"[ \t]*[:=]))?[ \t\n]*[\"'«“(]?"
    ),
    re.IGNORECASE,
)
STOP = re.compile("[.!?؟؛;]\\s|\ufdd0")


def find(text: str) -> Iterator[Span]:
    if len(text) <= ALONE_AT_MOST and (alone := ALONE.fullmatch(text)):
        yield Span(*alone.span(1))
        return
    numbers = [number for number in NUMBER.finditer(text) if not named_otherwise(text, number.start())]
    if not numbers:
        return
    sure = [word.span() for word in SURE.finditer(text)]
    words = sorted(sure + [word.span() for word in WORD.finditer(text) if not _of_another_kind(text, word)])
    for number in numbers:
        if sum(sign.isdigit() for sign in number[0]) >= 6:
            if any(_near(text, number, word) for word in _around(words, number)):
                yield Span(*number.span())
        elif any(word[1] <= number.start() and LINK.fullmatch(text[word[1] : number.start()]) for word in _around(sure, number)):
            yield Span(*number.span())


def _around(words: list[tuple[int, int]], number: re.Match[str]) -> list[tuple[int, int]]:
    return words[bisect_left(words, (number.start() - 80, 0)) : bisect_left(words, (number.end() + 25, 0))][-9:]


def _of_another_kind(text: str, word: re.Match[str]) -> bool:
    return bool(OTHER_CODE_BEFORE.search(text[max(0, word.start() - 14) : word.start()]) or OTHER_CODE_AFTER.match(text, word.end()))


def _near(text: str, number: re.Match[str], word: tuple[int, int]) -> bool:
    """Before the number in the same sentence, or right behind it."""
    start, end = word
    if end <= number.start() <= end + 48:
        return not STOP.search(text, end, number.start())
    return number.end() <= start <= number.end() + 24 and not STOP.search(text, number.end(), start)
