"""The pages a person sees: server-rendered, useful without scripts, one file per page."""

from fastapi import APIRouter

from api.pages import chat, company, console, demo, knowledge, landing, language, sessions, setpassword, signin, tickets, verify

router = APIRouter(include_in_schema=False)
for page in (signin, company, language, landing, sessions, chat, verify, setpassword, tickets, knowledge, console, demo):
    router.include_router(page.router)

__all__ = ["router"]
