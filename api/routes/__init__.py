"""The JSON API, one file per noun."""

from fastapi import APIRouter

from api.routes import attachments, cards, conversations, desk, health, knowledge, messages, tickets, verifications

api = APIRouter(prefix="/api/v1")
for noun in (conversations, messages, verifications, cards, tickets, attachments, knowledge, desk):
    api.include_router(noun.router)

root = health.router

__all__ = ["api", "root"]
