"""What a model may use up in one turn; where one of these ends, the built-in planner goes on."""

from dataclasses import dataclass, replace

BYTES_PER_TOKEN = 4            # roughly, in all three languages: Arabic letters take two bytes and half a token


@dataclass(frozen=True, kw_only=True)
class Budget:
    tokens: int = 16_000       # sent and received, all steps together
    answer: int = 1_024        # received in one step
    history: int = 1_500       # sent: what was said before the last message
    sources: int = 2_500       # sent: passages of one search
    steps: int = 4
    within: float = 14.0       # seconds since the turn began: it leaves the built-in planner time enough before a user has waited 20
    step_within: float = 10.0  # seconds of one step
    silence: float = 6.0       # seconds between two pieces of a stream
    context: int = 0           # the model's window, everything of one step together; 0: large enough
    tools: int = 0             # sent: what is told of tools; 0: all of them

    def within_context(self) -> "Budget":
        """The same for a small window: a quarter each for tools, sources and the answer, an eighth for the history."""
        if not self.context:
            return self
        quarter = self.context // 4
        return replace(self, answer=min(self.answer, quarter), sources=min(self.sources, quarter), tools=quarter,
                       history=min(self.history, quarter // 2))


def tokens_of(text: str) -> int:
    """An estimate, for endpoints that do not tell and for what is not yet sent."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
