"""Moments in the words of a language: a person's time zone, their calendar, their digits."""

from datetime import datetime
from zoneinfo import ZoneInfo

import jdatetime
from babel.dates import format_date, format_time

from desk.people import Lang

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
DIGITS = {"en": {}, "ar": ARABIC_DIGITS, "fa": PERSIAN_DIGITS}
SHAPE = {"en": "EEEE d MMMM", "ar": "EEEE d MMMM"}
JALALI_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
JALALI_DAYS = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")
JOIN = {"en": "{day}, {time}", "ar": "{day} الساعة {time}", "fa": "{day} ساعت {time}"}


def moment_text(moment: datetime, lang: Lang, timezone: str, now: datetime) -> str:
    """The time alone if it is today, else the day and the time; Jalali in Persian."""
    zone = ZoneInfo(timezone)
    local = moment.astimezone(zone)
    time = format_time(local, "HH:mm", tzinfo=zone, locale="en").translate(DIGITS[lang])
    if local.date() == now.astimezone(zone).date():
        return time
    return JOIN[lang].format(day=_day(local, lang), time=time)


def _day(local: datetime, lang: Lang) -> str:
    if lang == "fa":
        jalali = jdatetime.date.fromgregorian(date=local.date())
        return f"{JALALI_DAYS[jalali.weekday()]} {jalali.day} {JALALI_MONTHS[jalali.month - 1]}".translate(PERSIAN_DIGITS)
    return format_date(local.date(), SHAPE[lang], locale=lang).translate(DIGITS[lang])
