"""The pages a person sees: server-rendered, useful without scripts, one file per page."""

from fastapi import APIRouter

from api.pages import (
    audit,
    callback,
    cards,
    chat,
    console,
    demo,
    files,
    knowledge,
    landing,
    language,
    people,
    setpassword,
    signin,
    tickets,
    verify,
)

router = APIRouter(include_in_schema=False)
for page in (signin, language, landing, chat, callback, verify, setpassword, cards, tickets, files, knowledge, people, console, audit,
             demo):
    router.include_router(page.router)

__all__ = ["router"]
