"""The pages a person sees: server-rendered, useful without scripts, one file per page."""

from fastapi import APIRouter

from api.pages import audit, chat, console, demo, knowledge, landing, language, setpassword, signin, tickets, verify

router = APIRouter(include_in_schema=False)
for page in (signin, language, landing, chat, verify, setpassword, tickets, knowledge, console, demo, audit):
    router.include_router(page.router)

__all__ = ["router"]
