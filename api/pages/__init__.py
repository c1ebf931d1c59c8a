"""The pages a person sees: server-rendered, useful without scripts, one file per page."""

from fastapi import APIRouter

from api.pages import (
    audit,
    callback,
    cards,
    chat,
    company,
    console,
    demo,
    disruptions,
    evaluations,
    files,
    gaps,
    knowledge,
    landing,
    language,
    people,
    rollout,
    sessions,
    setpassword,
    signin,
    tickets,
    verify,
)

router = APIRouter(include_in_schema=False)
for page in (signin, company, language, landing, sessions, chat, callback, verify, setpassword, cards, tickets, files, gaps, knowledge,
             people, console, disruptions, rollout, demo, audit, evaluations):
    router.include_router(page.router)

__all__ = ["router"]
