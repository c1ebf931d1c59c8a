"""The JSON API, one file per noun."""

from fastapi import APIRouter

from api.routes import accounts, conversations, desk, health, knowledge, messages, sessions, tickets, verifications

api = APIRouter(prefix="/api/v1")
for noun in (conversations, messages, verifications, tickets, knowledge, desk, sessions, accounts):
    api.include_router(noun.router)

root = health.router

__all__ = ["api", "root"]
