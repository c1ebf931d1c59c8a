"""What the built-in planner must know beside the messages."""

from dataclasses import dataclass

from desk.people import Lang


@dataclass(frozen=True, kw_only=True)
class Situation:
    lang: Lang
    guest: bool
    event: str = ""            # the desk's event that is to be told; "" for a message
    asks: str = ""             # what the assistant asked for at its last turn
    choices: tuple[str, ...] = ()
    desk_said: str = ""        # what the person who gave the conversation back told the user
    answerable: float = 0.0    # probability that the library answers the message
    asset: str = ""            # the declared asset that the message names
    announced: str = ""        # what the desk has announced about that asset: under way "now", or "to_come"
    mending: str = ""          # the asset that is being mended in this conversation
    verifying: bool = False    # a verification is open beside the chat
    card: bool = False         # a card that only a button answers is open beside the chat
    nods: bool = False         # and the message is a bare yes, which decides nothing
