"""The JSON API, one file per noun."""

from fastapi import APIRouter

from api.routes import (
    accounts,
    attachments,
    audit,
    cards,
    conversations,
    desk,
    disruptions,
    evaluations,
    gaps,
    health,
    knowledge,
    messages,
    metrics,
    people,
    rollouts,
    sessions,
    tickets,
    verifications,
)

api = APIRouter(prefix="/api/v1")
for noun in (conversations, messages, verifications, cards, tickets, attachments, knowledge, gaps, people, desk, disruptions, sessions,
             accounts, rollouts, audit, evaluations):
    api.include_router(noun.router)

root = APIRouter()
for noun in (health, metrics):
    root.include_router(noun.router)

__all__ = ["api", "root"]
