"""Words that follow "password" in talk about passwords, and so are none themselves."""

from guardrails.redaction.view import fold

_ENGLISH = """
a able about above accepted access accidentally account accounts active actually admins affected after again against age ago
ahead all almost already also alright always am an and another any anymore anyone anything app are around as ask asking at
attempts available away back bad be because been before being below better blank blocked both broken but by bye came can cannot
cant case cause change changed changes character characters clear clearly close come comes coming company's complete complex
complexity compliant complicated compromised computer confidential confirm confirmed correct corrupt corrupted criteria current
currently cut day days dead default detail details did didnt different difficult disabled do does doesnt doing done dont down
due each easy either else email empty encrypted enough enter entered entry error errors etc even ever every everyone everything
exactly exists expire expired expires expiring expiry exposed fail failed failing fails failure fault faulty few field field's
fields fine first for forever forget forgot forgotten from full generator get gets getting give given go goes going gone good
got hack hacked had hard has have having he hello help her here hers hi hidden hint hints his history hopeless how i if ill
important impossible in inactive incorrect information input insecure inside instead invalid is isnt issue issues it its ive
just keeps known later left length less let letters like link little locked login long longer looking loop lost lots made man
management manager mandatory many match matching maybe me mess might mine minimum misplaced missing mistake mixed mobile more
most must my myself name near needed needs neither never new next no nobody none nonsense normal not nothing now null numbers
odd of off often ok okay old older on once one only open or original other otherwise our ours out outdated over overdue page
pages part pending perfect perfectly person policies policy possible private problem problems prompt prompts properly protected
protection public question quite random rather ready really reason reasons recent recognised recognized recovery refused
regarding rejected related removed renewal request requests required requirement requirements reset resets resetting resolved
right ring rotation rule rules said same save saved say saying says screen secret secure self semi sensitive sent sequence
service set settings share shared she short shown simple simply since slightly so some somebody someone something somewhere soon
sorry sort still stolen stored strange strength strong stuck sub stuff such sure sync synced syncing synchronised synchronized
team temp temporary terrible thank thanks that thats the their theirs them then there these they thing things this those though
thrice throughout through till time times to today together tomorrow tonight too totally tried trouble true try trying twice
typed types under undefined unable unchanged unclear understood unknown unlocked unrecognised unrecognized unsafe unset until
unusable up update updated updates upper urgent urgently us used useless user users usual usually vague valid validity vault
very via visible was wasnt way we weak weaker well went were what whatever when where whether which while who whoever whole why
will with within without wont word words work working works worse wrong wrongly yes yesterday yet you your yours yourself zero
accept admin's appear asked broke caps created denied didn't doesn't don't isn't wasn't can't won't i'm i've it's dialog
dialogue form box window boxes check checker cracked leak leaked lockout lapse lapsed naturally unfortunately apparently
obviously definitely written taken seen told spelled worn torn unacceptable unsuccessful failed-login re-set authentication
authenticate verification code codes digit digits capital lowercase uppercase symbol symbols alphanumeric ignored cached stale
ancient obsolete insufficient acceptable enabled identical similar equal unique good-for-nothing fixed
"""
_THINGS = """
2fa ad adobe android apple authenticator azure bios bitlocker browser chrome citrix cloud confluence crm desktop device domain
drive edge erp exchange facebook file firefox folder gitlab github gmail google helpdesk hr icloud instagram intranet ios ipad
iphone it jira keychain laptop ldap linkedin linux lotus mac macbook mail mailbox mfa microsoft mobile network notebook o365
office okta onedrive oracle otp outlook password passwords payroll pc pdf phone pin portal powerbi printer profile putty rdp
router salesforce sap server servicenow sharepoint site skype slack sso ssh sql support system tablet teams teamviewer teller
telegram ticket token twitter username vdi vm vpn vsphere webex webmail website whatsapp wifi wi-fi windows wireless word excel
workday workspace yahoo zoom sim hris badge fingerprint face card usb hotspot guest corp lan proxy ip ftp smtp imap api dns host
"""
_FINGLISH = """
yadam yadamam yademoon rafte raft ghofl shode shod shodam eshtebah eshtebahe ghalat ghalate kar nemikone nemikoneh nemishe
nemikhore nemiyad nemidam monghazi nakardam nist nistesh dorost doroste dorosteh kharab kharabe moshkel dare daram ham hamoon
hamoone hamine hamin chie chi chiye chera ro o ke baz bazam be va ya ba az too tu dar man ma jadid jadide ghadimi ghadim sade
sadeh sakht sakhte ghavi zaif zaeef tekrari motabar mohem lo mikham mikhastam lotfan laotfan kojast koja avaz kardam konam kon
konid bedid bedin bezan mizanam zadam faramoosh faramush gom peyda nakard ghabool ghabul nakone
"""
_ARABIZI = """
msh mesh mish mo mou mu ma mafi mabt4t8l mab msht3'la bt4t8l btsht8l shaghal shaghala 3'alat 3'al6 3alat ghalat 8alat 3'lt nset
nesit nsit nsitha nsyt nseet da3 da3at da3t 5alas 5eles khalas khelset entaha enta5at ontahat entahat la2 la ta3i bta3i bta3ti
7a2i 7agi haggi dyali tab3i eli elli lli ya law lo fi fe mn men 3la 3ala 3shan 3ashan w wla wala aw bs bas lesh leh leih lazem
momken mumkin 3ayz 3ayez 3awz aby abi bghit el al il sa7 sah sa7i7 sahih jdid gedid gdeed gdid 2adim adeem 2adeem nafs nafsaha
nafso
"""
_ARABIC = """
لا ما مو مش مب ليس ليست لم لن ولا غير خطأ غلط خاطئة خاطئ صحيحة صحيح الصحيحة الصح صح منتهية منتهي انتهت انتهى تنتهي بتنتهي خلصت
خلص ضاعت ضاع نسيتها نسيته نسيت ناسي ناسية مقفلة مقفل مغلقة مرفوضة مرفوض مقبولة مقبول تعمل يعمل بتشتغل تشتغل شغالة شغال شغل
عطلانة معطلة مشكلة المشكلة نفسها نفسه نفس ذاتها هي هو في على عن من إلى الى مع أو او و لكن بس التي اللي الي حتى كل بعد قبل عند
عندي عندنا لازم ممكن مطلوب مطلوبة مطلوبه جديدة جديد الجديدة الجديد قديمة قديم القديمة القديم ضعيفة قوية سهلة صعبة طويلة قصيرة
مؤقتة مؤقت المؤقتة الحالية السابقة كذا كده هيك هكذا شو ايش وش إيه ايه ليش ليه كيف متى وين فين كم أي اي هل يا لو إذا اذا لما
تغيير غيرتها غيرته تغيرت تغير تعيين استعادة إعادة اعادة نسيان انتهاء محفوظة محفوظ مكشوفة مسروقة انسرقت تسربت معروفة عادي صار
صارت يقول تقول بيقول يطلب تطلب بيطلب يرفض ترفض بيرفض ترجع حق حقت تبع تبعت بتاع بتاعت مال ديال متاع التحقق تحقق التأكيد تأكيد
التفعيل الخطأ البريدي المنتج الدولة الموظف الخصم الطلب لمرة واحدة الواحدة رجاء رجاءً أرجو ارجو الرجاء شكرا مساعدة ساعدوني عاجل
ضروري المشترك المستخدم الخاص الخاصة الجهاز الإيميل البريد الحساب الشبكة الطابعة الواي فاي وايفاي واي السيستم النظام البوابة
ويندوز آوتلوك اوتلوك أوتلوك
"""
_PERSIAN = """
اشتباه اشتباهه غلط غلطه درست درسته نادرست صحیح صحیحه نیست نیستش نبود منقضی باطل فراموش یادم یادمون یاد فراموشی قفل قفله خراب
خرابه مشکل مشکله مشکلی گم نامعتبر معتبر قدیمی قدیمیه جدید جدیده تکراری تکراریه ضعیف ضعیفه قوی قویه ساده سادهست سخت سخته طولانی
کوتاه کار نمی نمیکنه نمیشه نمیخوره نمیاد کرده کردم کردن شده شد شدم رفته رفت هم همون همونه همین همینه همان چیه چی چیست چرا کجا
کجاست چطور چند چه رو را و یا به با از در تو که اگه اگر ولی اما باز هنوز دیگه دیگر من ما خودم موقت موقتی عوض تغییر تمدید بازیابی
ریست لو لورفته هک دزدیده ذخیره مشخص نامشخص لازم لازمه میخواد میخوام میگه میگوید نمیدونم ندارم دارم دارد داره ندارد نداره لطفا
لطفاً خواهش کمک فوری ممنون سلام اکانت ایمیل ویندوز وای فای سیستم کامپیوتر لپ تاپ پرینتر شبکه اوتلوک سامانه پرتال کاربر کاربری
حساب دامین گوشی موبایل سرور دو عاملی رقمی کاراکتر حرف روز ماه بار حساس مخصوص یکسان یکبار یک مصرف پویا تایید تأیید خطا پستی ملی
ارز گذاری نگاری درخواست شخصی عمومی اداره شرکت اشتراکی مشترک پیش فرض پیشفرض قبول نکرد نکردم رد بسته مسدود غیرفعال فعال
"""


def _set(*texts: str) -> frozenset[str]:
    return frozenset(fold(word).lower() for text in texts for word in text.split())


TALK = _set(_ENGLISH, _FINGLISH, _ARABIZI, _ARABIC, _PERSIAN)
THINGS = _set(_THINGS)

# First words of names that end in a number: Windows11, Exchange2019, Room204, Report_2024.
NAMES = _set(
    """
    acer acrobat adobe android ansible apache asus asset autocad azure bluetooth board boot branch browser build building camera
    canon case catalina centos chrome cisco citrix class client cluster code core covid dc debian dell desk deskjet desktop
    device display doc document draft drive ecosys edge elitebook elitedesk epson error esxi event excel exchange export ext
    extension fedora file firefox fix floor form fortigate galaxy gate gen git group hall hdmi hotfix hp huawei hyper image img
    inc inspiron intel invoice ios ip ipad iphone issue item java jira kb kernel kubernetes lab laptop laserjet latitude lenovo
    level line linux mac macbook macos mail meeting mode model monitor node notebook nvidia office officejet onedrive optiplex
    option oracle os outlook page part patch pc phase photoshop php pixel plan port postgres postgresql power powerpoint ppt
    precision printer probook problem project publisher python qr quickbooks radeon realtek redhat release report request revit
    rev rhel room router rtx ryzen safari samsung sap scan scanner screen screenshot section server service session sharepoint
    sheet shift site skype slot sonoma sophos sql sqlserver station step surface switch table task team teams thinkcentre
    thinkpad thread thunderbolt ticket tier ubuntu unit update usb ventura version veritas visio visual vlan vmware vpn wave web
    webex week wifi windows win word workstation xbox xeon xps zbook zone zoom monterey sequoia contract budget order agenda
    minutes copy
    """
)
DAYS = _set(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept
    oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    """
)
UNITS = _set(
    """
    day days week weeks month months year years hour hours minute minutes char chars character characters letter letters digit
    digits time times try tries attempts people users min max percent and-more روز روزه ماه ماهه سال ساعت هفته دقیقه رقم رقمی
    کاراکتر کاراکتری حرف حرفی بار دفعه نفر عاملی مرحله يوم يوما أيام ايام شهر شهور أشهر اشهر سنة سنوات ساعة ساعات أسبوع أسابيع
    حروف حرفا أحرف احرف خانة خانات أرقام ارقام مرة مرات roz rooz mah raghami bar dafe youm shahr 7orof marra
    """
)
