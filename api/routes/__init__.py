"""The JSON API, one file per noun."""

from fastapi import APIRouter

from api.routes import conversations, desk, health, knowledge, messages, metrics, tickets, verifications

api = APIRouter(prefix="/api/v1")
for noun in (conversations, messages, verifications, tickets, knowledge, desk):
    api.include_router(noun.router)

root = APIRouter()
for noun in (health, metrics):
    root.include_router(noun.router)

__all__ = ["api", "root"]
