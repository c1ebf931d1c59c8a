"""A model behind any endpoint that speaks OpenAI's protocol."""

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

STEP_WITHIN = 15.0             # seconds for one call; the built-in planner takes over after it


def open_model(name: str, *, url: str | None, key: SecretStr | None) -> BaseChatModel:
    """The chat model. A compatible server needs no key, and never the Responses API, whatever its model is called."""
    from langchain_openai import ChatOpenAI  # here: a second of start-up that the built-in planner need not pay

    return ChatOpenAI(model=name, base_url=url, api_key=key or SecretStr("none"), max_retries=0, timeout=STEP_WITHIN,
                      use_responses_api=False if url else None, stream_usage=True, temperature=0)
