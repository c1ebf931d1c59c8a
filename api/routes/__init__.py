"""The JSON API, one file per noun."""

from fastapi import APIRouter

from api.routes import audit, conversations, desk, health, knowledge, messages, tickets, verifications

api = APIRouter(prefix="/api/v1")
for noun in (conversations, messages, verifications, tickets, knowledge, desk, audit):
    api.include_router(noun.router)

root = health.router

__all__ = ["api", "root"]
