"""Days that people name in a message: "next Monday", «الأسبوع الماضي», «۱۲ آذر». Read from a table of words, never guessed at."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

import jdatetime

LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ۀ": "ه", "ؤ": "و", "ئ": "ی",
                         "\u200c": " ", "\u0640": None, "ٔ": None})
ONE_DAY: dict[str, int] = {    # days from today
    "day before yesterday": -2, "yesterday": -1, "today": 0, "day after tomorrow": 2, "tomorrow": 1,
    "امس": -1, "امبارح": -1, "مبارح": -1, "الیوم": 0, "غدا": 1, "بکره": 1, "بکرا": 1, "بعد غد": 2,
    "پریروز": -2, "دیروز": -1, "امروز": 0, "فردا": 1, "پس فردا": 2,
}
SPANS: dict[str, tuple[int, int]] = {   # from and to, in days from today; generous, since a week begins on other days elsewhere
    "last week": (-14, -1), "this week": (-6, 0), "last month": (-62, -1), "this month": (-31, 0),
    "الاسبوع الماضی": (-14, -1), "الاسبوع اللی فات": (-14, -1), "هذا الاسبوع": (-6, 0),
    "الشهر الماضی": (-62, -1), "هذا الشهر": (-31, 0),
    "هفته پیش": (-14, -1), "هفته گذشته": (-14, -1), "هفته قبل": (-14, -1), "این هفته": (-6, 0),
    "ماه پیش": (-62, -1), "ماه گذشته": (-62, -1), "ماه قبل": (-62, -1), "این ماه": (-31, 0),
}
AHEAD: dict[str, int] = {      # a week or a month from now, said without a day
    "next week": 7, "next month": 30, "الاسبوع القادم": 7, "الاسبوع المقبل": 7, "الاسبوع الجای": 7,
    "الشهر القادم": 30, "الشهر المقبل": 30,
    "هفته بعد": 7, "هفته آینده": 7, "هفته اینده": 7, "ماه بعد": 30, "ماه اینده": 30,
}
WEEKDAYS: dict[str, int] = {   # Monday is 0
    **dict(zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), range(7), strict=True)),
    "الاثنین": 0, "الثلاثاء": 1, "الاربعاء": 2, "الخمیس": 3, "الجمعه": 4, "السبت": 5, "الاحد": 6,
    "دوشنبه": 0, "دو شنبه": 0, "سه شنبه": 1, "چهارشنبه": 2, "چهار شنبه": 2, "پنجشنبه": 3, "پنج شنبه": 3, "جمعه": 4,
    "یکشنبه": 6, "یک شنبه": 6,
    "شنبه": 5,
}
UNITS: dict[str, int] = {
    "day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "یوم": 1, "ایام": 1, "اسبوع": 7, "اسابیع": 7,
    "شهر": 30, "اشهر": 30,
    "روز": 1, "هفته": 7, "ماه": 30,
}
MONTHS: dict[str, int] = {
    **{name: at for at, names in enumerate((
        ("january", "ینایر", "کانون الثانی"), ("february", "فبرایر", "شباط"), ("march", "مارس", "اذار"), ("april", "ابریل", "نیسان"),
        ("may", "مایو", "ایار"), ("june", "یونیو", "حزیران"), ("july", "یولیو", "تموز"), ("august", "اغسطس", "اب"),
        ("september", "سبتمبر", "ایلول"), ("october", "اکتوبر", "تشرین الاول"), ("november", "نوفمبر", "تشرین الثانی"),
        ("december", "دیسمبر", "کانون الاول")), 1) for name in names},
}
JALALI: dict[str, int] = {name: at for at, name in enumerate((
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "ابان", "اذر", "دی", "بهمن", "اسفند"), 1)}


def _any(names: Iterator[str] | dict[str, int] | dict[str, tuple[int, int]]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


WORD = r"(?<!\w){}(?!\w)"
ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
DAY = re.compile(WORD.format(f"({_any(ONE_DAY)})"))
SPAN = re.compile(WORD.format(f"({_any(SPANS)})"))
NEXT = re.compile(WORD.format(f"({_any(AHEAD)})"))
OF_WEEK = re.compile(WORD.format(f"(?:(last|next) )?({_any(WEEKDAYS)})(?: (الماضی|القادم|المقبل|پیش|گذشته|قبل|بعد|اینده))?"))
AGO = re.compile(rf"(?<!\w)(\d{{1,3}}) ({_any(UNITS)}) (?:ago|پیش|قبل)(?!\w)|(?<!\w)قبل (\d{{1,3}}) ({_any(UNITS)})(?!\w)")
IN = re.compile(rf"(?<!\w)in (\d{{1,3}}) ({_any(UNITS)})(?!\w)|(?<!\w)بعد (\d{{1,3}}) ({_any(UNITS)})(?!\w)"
                rf"|(?<!\w)(\d{{1,3}}) ({_any(UNITS)}) (?:دیگه|دیگر|بعد|اینده)(?!\w)")
OF_MONTH = re.compile(WORD.format(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_any(MONTHS)}|{_any(JALALI)})") + "|"
                      + WORD.format(rf"({_any(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?"))
PAST = frozenset({"last", "الماضی", "پیش", "گذشته", "قبل"})


def folded(text: str) -> str:
    """One spelling of many: case, digits, Arabic and Persian letters; what stands between words is one blank."""
    plain = "".join(char for char in unicodedata.normalize("NFC", text).casefold().translate(LETTERS) if unicodedata.category(char) != "Mn")
    digits = "".join(str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char for char in plain)
    return " ".join(digits.split())


def day_in(text: str, today: date) -> date | None:
    """The first day that the text names, a coming one where it names a weekday or a day of a month."""
    plain = folded(text)
    named = _exact(plain, today) or _of_month(plain, today, ahead=True)
    if named:
        return named
    if found := IN.search(plain):
        return today + _length(found)
    if found := DAY.search(plain):
        return today + timedelta(days=ONE_DAY[found[1]])
    if found := OF_WEEK.search(plain):
        return _weekday(found, today, past=_of(found) in PAST)
    if found := NEXT.search(plain):
        return today + timedelta(days=AHEAD[found[1]])
    return None


def span_in(text: str, today: date) -> tuple[date, date] | None:
    """The days gone by that the text names, first and last: for looking something up."""
    plain = folded(text)
    if day := _exact(plain, today) or _of_month(plain, today, ahead=False):
        return day, day
    if found := SPAN.search(plain):
        first, last = SPANS[found[1]]
        return today + timedelta(days=first), today + timedelta(days=last)
    if found := AGO.search(plain):
        length = _length(found)
        return today - length - length / 4, today - length + length / 4
    if (found := DAY.search(plain)) and ONE_DAY[found[1]] <= 0:
        day = today + timedelta(days=ONE_DAY[found[1]])
        return day, day
    if found := OF_WEEK.search(plain):
        day = _weekday(found, today, past=True)
        return day, day
    return None


def without_days(text: str) -> str:
    """The folded text without the words that name days."""
    plain = folded(text)
    for shape in (ISO, OF_MONTH, SPAN, AGO, IN, NEXT, DAY, OF_WEEK):
        plain = shape.sub(" ", plain)
    return " ".join(plain.split())


def _exact(plain: str, today: date) -> date | None:
    found = ISO.search(plain)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        if year < 1700:        # a Jalali year
            return jdatetime.date(year, month, day).togregorian()  # type: ignore[no-any-return]
        return date(year, month, day)
    except ValueError:
        return None


def _of_month(plain: str, today: date, *, ahead: bool) -> date | None:
    found = OF_MONTH.search(plain)
    if not found:
        return None
    day, name = (int(found[1]), found[2]) if found[1] else (int(found[4]), found[3])
    here = jdatetime.date.fromgregorian(date=today) if name in JALALI else today
    number = JALALI.get(name) or MONTHS[name]
    for year in (here.year, here.year + (1 if ahead else -1)):
        try:
            of_year = jdatetime.date(year, number, day).togregorian() if name in JALALI else date(year, number, day)
        except ValueError:
            continue
        if (of_year >= today) is ahead or of_year == today:
            return of_year
    return None


def _length(found: re.Match[str]) -> timedelta:
    number, unit = [part for part in found.groups() if part]
    return timedelta(days=int(number) * UNITS[unit])


def _of(found: re.Match[str]) -> str:
    return found[1] or found[3] or ""


def _weekday(found: re.Match[str], today: date, *, past: bool) -> date:
    """The nearest such day behind today, or ahead of it."""
    wanted = WEEKDAYS[found[2]]
    away = (today.weekday() - wanted) % 7 or 7
    return today - timedelta(days=away) if past else today + timedelta(days=(wanted - today.weekday()) % 7 or 7)
