"""Arabic and Persian words that say nothing about a question's subject, spoken forms included.

Articles are written, questions are spoken: in an article "خیلی" is rare, so that frequency alone would take it for a telling word. English
questions use the articles' own small words, and there leaving them out costs a point of recall.
"""

from functools import cache

from knowledge.normalise import fold

ARABIC = """
    في من على إلى الى عن مع هل ما ماذا كيف لماذا متى أين اين أي هذا هذه ذلك تلك الذي التي الذين هو هي هم أنا انا نحن أنت
    انت كان كانت يكون تكون قد لقد ثم أو او و ف لا لم لن ليس ليست عند عندي عندما لدي لديك إذا اذا إن ان أن كل بعض غير بعد
    قبل حتى كما لكن بل جدا فقط أيضا ايضا كم يا ايش إيش وش شو ليش ليه كذا هيك مو مش ما عم رح راح شي شوي شوية حق حقي حقت بدي
    ابغى أبغى ابي أبي عايز عاوز محتاج أحتاج احتاج أريد اريد أستطيع استطيع يمكن يمكنني ممكن أرجو ارجو يرجى لو سمحت من فضلك
    مرة كثير الآن الان دلوقتي هسه هلق اللي
"""

PERSIAN = """
    از به با در بر برای تا را رو که و یا هم چه چی چیه چیست چرا چطور چگونه کجا کجاست کی کدام کدوم چند این آن اون ان ها های
    من تو او ما شما آنها اونا خود خودم است هست هستم هستیم نیست نیستم بود بودم باشد باشه باشم شد شده شدم شود شم بشم بشه
    میشه نمیشه می‌شود نمی‌شود کرد کرده کردم کردن کنم کنه کنید بکنم می‌کنم می‌کند می‌کنه نمی‌کند نمیکنه دارم دارد داره
    داریم ندارم ندارد نداره دادم داد باید نباید می‌خوام میخوام می‌خواهم میخواهم می‌توانم نمی‌توانم میتونم نمیتونم لطفا
    خیلی هی همش فقط دیگه دیگر هنوز الان الآن اگر اگه ولی اما پس بعد قبل همه هر هیچ یک یه برام برایم واسه تون مون بی چون
    چطوری
"""


@cache
def small_words() -> frozenset[str]:
    """Folded and without joints, as `normalise` spells whole words."""
    return frozenset(fold(word).replace("\u200c", "") for word in f"{ARABIC} {PERSIAN}".split())
