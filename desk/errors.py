"""Everything that can go wrong at the desk. A docstring is the operator's message; users get the code in catalogue words.

DeskError
├── NotFound              404, also when it exists and isn't yours
├── NotSignedIn           401
├── IllegalMove           409
│   └── ChatsFull         409
├── AlreadyClaimed        409
├── LeaseLost             409, a newer epoch speaks
├── TurnUnderway          409
├── CardOver              409, sent, left or expired before
├── AnotherCard           409, not what was shown
├── TooManyCards          409
├── Gone                  410
├── AnotherBody           422, the same client id with another body
├── TooMany               429
├── ProviderDown          503, the company's sign-in
├── Unavailable           503
├── BadInput              422
│   ├── TooLarge          413
│   │   └── FileTooLarge  413
│   ├── EmptyFile         422
│   ├── TooManyFiles      422
│   ├── UnwelcomeFile     415
│   ├── HarmfulFile       415
│   ├── FormIncomplete    422
│   └── WeakPassword      422
└── Refused               403
    ├── NeedsFactors
    ├── NeedsPerson
    ├── WrongCode
    ├── TriesUsedUp
    ├── FlowOver
    ├── GuestMayNot
    ├── UnderHold
    ├── ProviderRefused   the company's sign-in said no, or something that can't be believed
    ├── SignInStale
    ├── NoRole
    ├── AccountDisabled
    └── BadCsrf
"""


class DeskError(Exception):
    """Something went wrong at the desk."""

    code = "desk_error"

    def __init__(self, message: str = "", **facts: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.facts = facts


class NotFound(DeskError):
    """Nothing of yours has that id. Check the id, or sign in as the one it belongs to."""

    code = "not_found"


class NotSignedIn(DeskError):
    """Sign in first, or send a valid bearer token (`yavar token issue ACCOUNT` makes one)."""

    code = "not_signed_in"


class IllegalMove(DeskError):
    """That step is not allowed from the present state. Read the state again, then choose a legal step."""

    code = "illegal_move"


class ChatsFull(IllegalMove):
    """You have as many conversations as one person may have at once. Resolve or return one, then take the next."""

    code = "chats_full"


class AlreadyClaimed(DeskError):
    """Another agent has taken this conversation. Choose another one from the queue."""

    code = "already_claimed"


class LeaseLost(DeskError):
    """The speaker changed meanwhile, so this late output is dropped. Nothing needs to be done."""

    code = "lease_lost"


class TurnUnderway(DeskError):
    """The message before this one is still being answered. Wait for its answer, then send again."""

    code = "turn_underway"


class CardOver(DeskError):
    """This card was sent, left or has expired. Say again in the chat what is wanted, and a new one opens."""

    code = "card_over"


class AnotherCard(DeskError):
    """The card is no longer what was shown. Load it again, read it, then decide."""

    code = "another_card"


class TooManyCards(DeskError):
    """Several questions are open beside this conversation already. Answer or leave one of them, then ask again."""

    code = "too_many_cards"


class Gone(DeskError):
    """The file was removed, or its bytes are lost. Ask for it to be sent again."""

    code = "gone"


class AnotherBody(DeskError):
    """This client_id was used with another body. Use a fresh client_id for a new message."""

    code = "another_body"


class Unavailable(DeskError):
    """The database does not answer or takes no writes (restarting, read-only, disk full). Nothing was changed: mend it, then send again."""

    code = "unavailable"


class TooMany(DeskError):
    """Too many requests of this kind. Wait as long as `Retry-After` says; `YAVAR_RATE_LIMIT` sets how many are allowed."""

    code = "too_many"


class ProviderDown(DeskError):
    """The company's sign-in does not answer, or not as it should. Check YAVAR_OIDC_ISSUER with `yavar doctor`."""

    code = "provider_down"


class BadInput(DeskError):
    """The input is not acceptable. Correct what `detail` names, then send again."""

    code = "bad_input"


class TooLarge(BadInput):
    """The message is too large. Send less text, or attach a file to the ticket."""

    code = "too_large"


class FileTooLarge(TooLarge):
    """The file is too large. Send a smaller one; `limit` says how many bytes are taken."""

    code = "file_too_large"


class EmptyFile(BadInput):
    """The file is empty. Choose the file again, then send it once more."""

    code = "empty_file"


class TooManyFiles(BadInput):
    """Too many files. Send fewer at once, or remove some that are no longer needed."""

    code = "too_many_files"


class UnwelcomeFile(BadInput):
    """This kind of file is not taken. Send an image (PNG, JPEG, GIF, WebP), a PDF, plain text or a log, or an office document."""

    code = "unwelcome_file"


class HarmfulFile(BadInput):
    """The file could do harm: macros, or far more inside than its size tells. Send it as a PDF or an image."""

    code = "harmful_file"


class FormIncomplete(BadInput):
    """Some fields of the form are missing or wrong. Correct what `errors` names, then send it again."""

    code = "form_incomplete"


class WeakPassword(BadInput):
    """The password is too short or well known. Choose at least 8 characters that are not in lists of leaked passwords."""

    code = "weak_password"


class Refused(DeskError):
    """You may not do that. Ask an administrator for the role it needs."""

    code = "refused"


class NeedsFactors(Refused):
    """Two different factors are needed first. Open the verification link, then ask again."""

    code = "needs_factors"


class NeedsPerson(Refused):
    """This one is for a person at the desk, with call-back. Ask for a person."""

    code = "needs_person"


class WrongCode(Refused):
    """The code is not right. Read the newest code again and type it on the form."""

    code = "wrong_code"


class TriesUsedUp(Refused):
    """Too many tries. Start again later, or ask for a person."""

    code = "tries_used_up"


class FlowOver(Refused):
    """This verification is over. Start a new one from the chat."""

    code = "flow_over"


class GuestMayNot(Refused):
    """A guest conversation can only read public help, verify and reach a person. Sign in for the rest."""

    code = "guest_may_not"


class UnderHold(Refused):
    """The person is under legal hold, so nothing of theirs may be erased. `yavar person release NAME` ends the hold."""

    code = "under_hold"


class ProviderRefused(Refused):
    """The company's sign-in refused, or its statement can't be believed. The log names what was wrong with it."""

    code = "provider_refused"


class SignInStale(Refused):
    """This sign-in was begun elsewhere, took too long or was used already. Begin again from the sign-in page."""

    code = "signin_stale"


class NoRole(Refused):
    """None of the person's groups has a role here. Add a group to YAVAR_OIDC_ROLES, or set YAVAR_OIDC_DEFAULT_ROLE."""

    code = "no_role"


class AccountDisabled(Refused):
    """The account is disabled, because its directory no longer lists the person. Add the person there, then sync again."""

    code = "account_disabled"


class BadCsrf(Refused):
    """The form has expired. Load the page again, then send once more."""

    code = "bad_csrf"
