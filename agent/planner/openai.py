"""Any endpoint that speaks OpenAI's protocol: how it is opened, what its errors mean, and whether it answers at all."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from agent.planner.budget import Budget
from agent.planner.failing import Failure

OPENAI_S_OWN = "https://api.openai.com/v1"


def open_model(name: str, *, url: str | None, key: SecretStr | None, budget: Budget | None = None, plain: bool = False) -> BaseChatModel:
    """The chat model. A compatible server needs no key, and never the Responses API, whatever its model is called.

    `plain` leaves out what only some servers understand. There are no retries here: the built-in planner is quicker than a second try.
    """
    from langchain_openai import ChatOpenAI  # here: a second of start-up that the built-in planner need not pay

    budget = budget or Budget()
    limit = {"extra_body": {"max_tokens": budget.answer}} if url else {"max_completion_tokens": budget.answer}   # OpenAI renamed it
    return ChatOpenAI(model=name, base_url=url or OPENAI_S_OWN, api_key=key or SecretStr("none"), max_retries=0,
                      timeout=budget.step_within, use_responses_api=False if url else None, stream_usage=not plain,
                      temperature=None if plain else 0, **limit)


def failure_of(error: Exception) -> Failure:
    """What an error of the client, of the connection or of a scripted model means."""
    import openai  # here, as above

    status = getattr(error, "status_code", None)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Failure.TIMEOUT
    if isinstance(status, int) and status >= 400:
        named = {401: Failure.DENIED, 403: Failure.DENIED, 404: Failure.NO_MODEL, 408: Failure.TIMEOUT, 429: Failure.RATE_LIMITED}
        return named.get(status, Failure.SERVER if status >= 500 else Failure.BAD_REQUEST)
    if isinstance(error, openai.APIConnectionError | OSError) or type(error).__module__.startswith("httpx2"):
        return Failure.CONNECTION
    if isinstance(error, openai.APIError):
        return Failure.SERVER          # told in the middle of a stream
    return Failure.GARBLED


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What an endpoint said when it was asked for its models. `failure` is None where it answered."""

    failure: Failure | None = None
    models: tuple[str, ...] = ()


async def reach(*, url: str | None, key: SecretStr | None, within: float) -> Reached:
    """Ask for the list of models: it costs nothing, and shows the address, the key and the name at once."""
    from openai import AsyncOpenAI  # here, as above

    client = AsyncOpenAI(base_url=url or OPENAI_S_OWN, api_key=key.get_secret_value() if key else "none", max_retries=0, timeout=within)
    try:
        found = await client.models.list()
        return Reached(models=tuple(each.id for each in found.data or ()))
    except Exception as error:
        return Reached(failure=failure_of(error))
    finally:
        await client.close()
