"""What numbers have in common: check digits, and the words that say a number is of another kind."""

import re

from guardrails.redaction.view import fold

_OTHERWISE = re.compile(
    fold(
        r"(?:(?<![^\W_])(?:tickets?|incidents?|inc|requests?|req|cases?|orders?|invoices?|po|serials?|s/n|assets?|tags?|refs?|"
        r"references?|versions?|"
        r"builds?|errors?|events?|process|pid|kb|ports?|vlan|ext|extensions?|employee|staff|badge|room|meeting|changes?|chg|problem|"
        r"prb|task|"
        r"issue|pr|bug|job|page|line|row|record|timestamp|epoch|imei|model|part|sku|tracking|bytes?|size|"
        r"تذكرة|التذكرة|تذكرتي|بلاغ|البلاغ|الطلب|طلب|الخطأ|خطأ|فاتورة|الفاتورة|تحويلة|التحويلة|الجهاز|الأصل|الوظيفي|الموظف|السيريال|"
        r"تیکت|تیکتم|درخواست|خطا|ارور|فاکتور|داخلی|سریال|اموال|پرسنلی|رهگیری|پیگیری|سفارش|نسخه|نسخهٔ|دستگاه)"
        r"(?:[ \t]*(?:no|nr|num|number|id|code|رقم|شماره|الرقم))?|#)[ \t]{0,3}[.:=]?[ \t]{0,3}[#(]?(?:is |هو |هي )?$"
    ),
    re.IGNORECASE,
)


def named_otherwise(text: str, start: int) -> bool:
    """Whether the words just before say "ticket", "order", "serial", "extension" or the like."""
    return bool(_OTHERWISE.search(text[max(0, start - 32) : start]))


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
