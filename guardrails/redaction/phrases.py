"""How people say a password: the names of it, of its owner, and what stands between the name and the thing."""

import re

from guardrails.redaction.view import fold


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(fold(pattern), re.IGNORECASE)


def _quick(pattern: str) -> re.Pattern[str]:
    """For a lower-case text: every alternative begins with a letter, which lets the search skip from candidate to candidate."""
    return re.compile(fold(pattern))


# The beginning of every noun; the noun itself is then matched where its word starts.
CORE = _quick(r"pas|pss|paa|pw|ps|p/w|bas|mdp|mot de|kel|kal|ram|raqam|ra2m|r2am|goz|pes|رمز|پس|پاس|باس|باص|بسو|کلم|رقم|قن |کود|مو[تد]|گذر")
PREFIX_AT_MOST = 6             # letters before the core in one word: wifipassword, وبالباسورد

NOUN = _phrase(
    r"(?<![^\W_])(?:"
    # English, and what others make of it in Latin letters
    r"(?:pg|db|my|new|old|temp|user|admin|root|wifi|el|al|il|l)?"
    r"(?:pass?[ -]?wor?ds?|passwrds?|pas+w+o+r+d+s?|pass?wd|passwort|passowrd|paswrd|passwrod|passord|passwor|pssword|passwod|"
    r"passworld|paasword|bass?wor?d|pas?vord|pesword)"
    r"(?:i|y|ak|ek|na|am|em|et|esh|e|ash|amo|emo|o|am o|moon|emoon)?"
    r"|pass[ -]?codes?|pass[ -]?phrases?|pwd|pswd|psw|pwrd|pw|p/w|mdp|mot de passe|pass|passam"
    # Arabizi and Finglish
    r"|(?:kelm[ae]te?|kalimat)[ -]?(?:(?:el|al|es|as|il|a|e)[ -]?)?(?:s[ie]rr?|m[uo]?r[uo]+r|mror|moro+r)i?"
    r"|(?:ra2m|r2am|raqam) (?:el |al )?ser+i"
    r"|ramz(?:am|em|et|esh|e|ash|o|amo|emo|m)?(?:[ -]?(?:ob+o+r|ubur|voro+d|vorud|voroud)(?:am|e|et|esh|amo)?)?"
    r"|gozarvazhe(?:am|ye man)?"
    # Arabic
    r"|[وفبلک]?(?:ال|لل|هال|بال|وال|فال)?(?:[بپ]اس{1,2} ?و{1,2}رد|باصو{1,2}رد|باسويرد|بسورد)(?:[يکه]|ها|نا|هم|ات)?"
    r"|[وفبلک]?(?:ال|لل)?کلم(?:ه|ت|ات|تي) ?(?:ال|ل)?(?:سر|مرور|سریه?)(?:[یکه]|ها|نا|هم|تی)?"
    r"|[وفب]?(?:ال|لل)?(?:رقم|رمز)[یه]? (?:ال)?(?:سری|سر|مرور)[یه]?"
    r"|[وفب]?رمز (?:ال)?دخول|(?:ال)?قن (?:ال)?سري|(?:ال)?كود (?:ال)?سر|(?:ال|ل)?مو[تد] ?(?:دو? ?)?[بپ]اس|الباس"
    # Persian
    r"|(?:پس ?و{1,2}رد|پاس ?و{1,2}رد)(?: ?(?:ام|مون|تون|مو|رو|های|ها|مه|تو|شو|م|ت|ش|و|ی|ه))?"
    r"|رمز(?:مون|مو|مه|م|ت|ش|و|ی)?(?: (?:عبور|ورود)(?: ?(?:ام|مون|مو|م|ت|ش|و|ی))?)?"
    r"|گذر ?واژه(?: ?(?:ام|م|ی))?|کلمه ?(?:ی )?عبور(?:م|ی)?"
    r")(?![^\W_])"
)
OWNED = _phrase(r"(?:am|em|i|y|م|ي|مو|ام|مه)$")
MINE = frozenset(("my", "our", "his", "her", "their", "your", "the"))
OWNER = _phrase(
    r"(?:[ \t]+(?:"
    r"تبعي|تبعتي|تبعتنا|تبعنا|تاعي|حقي|حقتي|حقنا|مالي|مالتي|بتاعي|بتاعتي|بتاعنا|بتاعتنا|ديالي|ديالنا|متاعي|نتاعي|الخاصة بي|الخاص بي|"
    r"عندي|لي|"
    r"(?:ال)?قديمة?|(?:ال)?جديدة?|(?:ال)?حالية?|(?:ال)?مؤقتة?|(?:ال)?سابقة?|"
    r"من|ما|خودم|قبلیم?|جدیدم?|قدیمیم?|قدیم|فعلیم?|موقتم?|"
    r"bta3t?[iy]|ta3[iy]|7a2t?[iy]|7agg?i|haggi|tab3t?i|taba3i|dyali|dialy|mali|man|jadid(?:am)?|ghadimi))+(?![^\W_])"
)

_IS = (
    r"is|was|are|iz|s|will be|should be|would be|must be|set to|changed to|has been|est|"
    r"و?هي|و?هو|هيه|هوه|هاي|هاد|هذي|هذه|هذا|كانت|كان|صارت|صار|بتكون|تكون|عبارة عن|أهي|أهو|إلى|"
    r"اینه|اینست|این است|این هست|این بود|اینم|عبارت است از|یعنی|شده|شد|هست|به|بود|گذاشتم|گذاشتمش|"
    r"heya|hia|hiya|heyya|howa|huwa|howwa|hwa|hya|kanet|kant|kan|ine|inee|in e|inam|shode|shod|gozashtam|hast"
)
_ADVERB = (
    r"now|still|currently|just|actually|set to|changed to|simply|also|probably|maybe|either|exactly|like this|as follows|below|"
    r"the following|this|that|always|originally|"
    r"الآن|كالتالي|التالي|كده|هكذا|حاليا|فعلا|همون|alan|dlwa2ty"
)
SIGN = re.compile(r"[ \t]*[\"'*`)\]]{0,2}[ \t]*(?::=|[:=]{1,2}>?|-{1,2}>|→|>)\s{0,4}")
COPULA = _phrase(
    rf"(?:[ \t]+(?:{_IS})|['’]s)(?![^\W_])(?:[ \t]+(?:{_ADVERB})(?![^\W_])){{0,3}}"
    r"(?:[ \t]*(?::|=|\.\.\.|…)\s{0,4}|[ \t]*\n\s{0,3}|[ \t]+(?:- )?|(?=[\"'«“]))"
)
TO = _phrase(r"(?:[ \t]+(?:back|again|from scratch|now))?[ \t]+(?:to|as|into)(?:[ \t]+(?:be|this))?[ \t]*[:=]?[ \t]*")
GAP = re.compile(r"[ \t]*[,(]?[ \t]+(?:- )?|[ \t]*\(|[ \t]*(?=[\"'«“])")
QUIET = re.compile(r"[ \t]+([^\s:=,;!?،؛؟\"«»“”\ufdd0]{1,64})")
QUIET_AT_MOST = 6              # words between the name and "is"
PASSED = frozenset(
    fold(
        """
        for of to on in at my the our i we you they he she use used using have that which gave given sent was me his her their a
        new old account email mail user login current company set chose picked typed entered put yesterday today last
        الخاص الخاصة اللي التي أستخدمها استخدمها بستخدمها حطيتها عطيتوني أعطيتوني که استفاده می کنم میکنم گذاشتم زدم میزنم داده
        دادین دادید في على عن من إلى حق حقت تبع بتاع ديال مال الجهاز الإيميل البريد الحساب الشبكة الطابعة الواي فاي وايفاي
        النظام السيستم البوابة ويندوز اکانت ایمیل ویندوز وای فای سیستم کامپیوتر لپ تاپ پرینتر شبکه اوتلوک سامانه پرتال کاربری
        حساب دامین گوشی سرور رو را به ما خودم عوض تغییر کردم شخصی شرکت
        """
    ).split()
)
ASIDE = re.compile(r"[ \t]*,[ \t]+([^\s,\ufdd0]{4,64}),")
ENDING = _phrase(r"[ \t]*(?:هستش|هست|است|ئه|ه|می ?باشد|میباشه|بود|e|eh|ast|hast|hastesh|mibash(?:e|ad)|bood)(?![^\W_])")

QUOTED = re.compile(r"[\"'`“„«‹‘*]{1,2}([^\"`“”„«»‹›\n\ufdd0]{2,64}?)[\"'`”“»›’*]{1,2}(?![^\W_])")
BARE = re.compile(r"[^\s\ufdd0،؛]{2,128}")
REST = re.compile(r"[^\n.,;!?،؛؟\ufdd0]{8,90}")
NEXT_FIELD = re.compile(r"[;&](?=[A-Za-z_ ]+=|$)|(?<=.)[\"»”<](?=.)")
AFTERWARDS = _phrase(
    r"[\"'»”’)\]]*[ \t]*(?:$|[^\w \t]|(?:and|but|or|please|pls|plz|can|could|it|its|why|help|for|with|thanks|thx|so|because|since|"
    r"until|till|before|when|while|now|i|user|username|login|"
    r"doesn't|isn't|does|not|لكن|ولی|اما|بس|عشان|لأن|لطفا|من فضلك|لو سمحت|ممكن|میشه|چرا|ليش|ليه|مش|ما|لا|که|کار|رو|را|"
    r"ro|va|w|bas|vali|ama|msh)(?![^\W_])|و)"
)
LINE_ENDS = _phrase(r"[ \t]*(?:$|[\n.!،,]|(?:هست|است)(?![^\W_]))")
UNIT = re.compile(r"[ \t-]*([^\W\d_]+)")
ANOTHER = _phrase(
    r"[\"'”»’]?[ \t]*(?:,|،|/|(?<=[ \t])(?:or|and|then|یا|أو|او|و|ya|aw|va)(?=[ \t]))[ \t]*(?:(?:or|and|then|یا|أو|و)[ \t]+)?"
    r"(?:(?:maybe|perhaps|possibly|even|شاید|احتمالا|شايد|يمكن|ممكن|ربما|shayad|yemken|ymkn|momken)[ \t]+){0,2}"
)

REVERSED = frozenset(fold("is was as = هي هو هیه كانت").split())
BEFORE_REVERSED = _phrase(
    r"(?:^|(?<=[\s\"'«“(]))([^\s\"'«»“”\ufdd0]{4,64})[\"'»”]?[ \t]+(?:is|was|as|=|هي|هو|هیه|كانت)[ \t]+"
    r"(?:my|the|our|his|her|their|a|new|old)?[ \t]*(?:new|old|current)?[ \t]*$"
)
AS_IT = _phrase(r"ك(?:كلم|باس|پاس|ال)")
BEFORE_MINE = re.compile(r"(?:^|(?<=[\s\"'«“(]))([^\s\"'«»“”\ufdd0]{4,64})[\"'»”]?[ \t]+$")
IS_MINE = _phrase(r"(?:رمز|پسورد)(?: ?عبور)?[ ]?مه|(?:رمز|پسورد)(?: عبور)? منه")

SYSTEM = frozenset(            # what a system says in quotation marks
    (
        *("password", "passwords", "not", "expired", "invalid", "incorrect", "wrong", "failed", "failure", "denied", "error", "required"),
        *("locked", "forgot", "forgotten", "cannot", "unknown", "changed", "reset"),
    )
)

HERE = _quick(
    r"(?:here (?:it is|you go|it goes|you are)|here's it|it is|it's|its|that's|that is|تفضل\w*|اتفضل\w*|هاهي|هذه هي|هذي هي|هي|هو|"
    r"هذا هو|بفرما\w*|"
    r"اینه|اینم|اینهاش|خدمت شما|خدمتتون|tfad[ae]l\w*|befarma\w*|ine)[ \t]*[:,.!\-]*\s{0,4}[\"'«“]?"
)
HERE_WITHIN = 90               # characters after the noun
NEXT_LINE = _phrase(
    r"[^\n]{0,40}(?::|here|below|this is it|اینه|تفضل\w*|التالي|بالأسفل|تحت|زیر|"
    r"ine)[ \t.:!،,]*\n\s{0,4}[\"'«“]?([^\s\"'»”\ufdd0]{3,64})[\"'»”]?[ \t]*(?=\n|$)"
)
CHANGING = _phrase(
    r"(?<![^\W_])(?:chang(?:e|ed|es|ing)|reset(?:s|ting)?|set(?:s|ting)?|updat(?:e|ed|ing)|mak(?:e|ing)|made|put|"
    r"switch(?:ed)?)(?![^\W_])[^\n.!?]{0,40}$"
)
SET_IT = _quick(
    r"(?:set|changed?|reset|make|made|put|bezarid|bezar|بذارید|بذارین|بذار|خليها|خليه|خلوها|حطها|حطوها)"
    r"(?: (?:it|this|that|them))?(?: back)?(?: (?:to|as|be|رو|را))?[ \t]*[:=]?[ \t]+"
)

PAIR_CUE = _quick(r"log|sign|cred|acc|user|uid|یوزر|اسم|ادخل|دخل|بيانات|نام|وارد|لاگین|yuz|yoo")
SLASH = re.compile(r"[/|][ \t]*(?=[^\s/|])|:(?=[^\s/:])")
PAIR = _phrase(
    r"(?<![^\W_])(?P<cue>log(?:ged|ging)?[ -]?(?:me )?(?:in|on)(?:[ \t]?to)?|sign(?:ed|ing)?[ -]?(?:me )?in|creds?|credentials?|"
    r"logins?|account|user(?:[ -]?names?)?|uid|"
    r"[وب]?(?:ال)?يوزري?|اسم المستخدم|ادخل|أدخل|دخلت|بدخل|بيانات الدخول|یوزر(?:نیم)?م?|نام کاربریم?|وارد|لاگین|yuzer|yoozer)"
    r"(?P<told>[ \t]*(?:with|using|as|are|is|بـ|ب|با|ba|be)?[ \t]*[:=]?)[ \t]*(?P<name>[\w.@+\-]{2,64})[ \t]{0,2}$"
)
AFTER_PAIR = _phrase(
    r"[ \t]*[,.]?[ \t]*(?:is|are|those are|these are|that's)?[ \t]*(?:my|the)[ \t]+(?:log[ -]?in|credentials?|creds|account)"
)
USER = _phrase(
    r"(?<![^\W_])(?:user(?:[ -]?name)?|log[ -]?in|uid|id|يوزري?|اليوزر|باليوزر|اسم المستخدم|المستخدم|یوزر(?:نیم)?م?|"
    r"نام کاربریم?)[ \t]*(?:is|هو|:|=)?[ \t]*"
    r"([\w.@+\-]{2,64})[ \t]*[,/;&|.،\-]?\s{0,3}(?:(?:and|with|و|با|va|w)[ \t]*)?(?:my|the)?[ \t]*$"
)
SIGNED_IN = _quick(
    r"(?:log|sign)(?:ged|ed|ging|ing)?[ -]?(?:me )?(?:in|on)[ \t]+(?:as|with|using)[ \t]+([\w.@+\-]{2,64})[ \t]*,?[ \t]+(?:with|using|"
    r"and)[ \t]+(?:the )?"
)
OPTION = re.compile(
    r"(?:-u|--user)(?<!\S-u)(?<!\S--user)[ =]?[^\s:\ufdd0]{1,64}:([^\s\ufdd0]{2,128})|sshpass -p ?([^\s\ufdd0]{2,128})|"
    r"mysql [^\n]{0,60}? -p([^\s\ufdd0]{2,128})"
    r"|/user:[^\s\ufdd0]{1,64} ([^\s/\ufdd0*]{2,128})"
)
