"""Where a message may tell of a danger and does not surely: the answer goes on as it would, with a button to the security team below it."""

from agent.state import Draft, Going, State
from guardrails.arriving import FAINT


async def with_a_way_to_security(draft: Draft, state: State, going: Going) -> Draft:
    """The draft, with the button where one belongs; never twice in a row."""
    say, lang = going.mind.desk.words.say, state["lang"]
    label = say(lang, "choice.security")
    if going.turn.kind != "message" or going.turn.text in going.choices or label in (*going.choices, *draft["choices"]):
        return draft
    signals = await going.mind.reader.read(going.turn.text, last=lang)
    if signals.danger.probability < FAINT:
        return draft
    return {**draft, "text": f"{draft['text']}\n\n{say(lang, 'danger.maybe')}", "choices": [*draft["choices"], label]}
