"""The API's own description: the OpenAPI document with roles, and a page of it that needs no script."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute, iter_route_contexts
from jinja2 import Environment, PackageLoader, select_autoescape

from api.callers import GUEST_COOKIE, SESSION_COOKIE, Needs
from api.problems import MEDIA
from api.shapes import Problem
from desk.people import Role

OPENAPI = "/api/v1/openapi.json"
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "`yavar token issue ACCOUNT` prints one"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
                "description": "Needs the header X-CSRF-Token where something is changed"},
    "guest": {"type": "apiKey", "in": "cookie", "name": GUEST_COOKIE},
}
PROBLEM = {"description": "What went wrong", "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}

router = APIRouter(include_in_schema=False)
templates = Environment(loader=PackageLoader("api", "templates"), autoescape=select_autoescape(default=True))


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; `x-roles` of an operation says who may call it."""
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute) or route.path not in schema["paths"]:
            continue
        for method in route.methods or ():
            _complete(schema["paths"][route.path][method.lower()], _roles(route.dependant))
    parts = schema.setdefault("components", {})
    parts["securitySchemes"] = SCHEMES
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    app.openapi_schema = schema
    return schema


def _complete(operation: dict[str, Any], roles: frozenset[Role]) -> None:
    operation["x-roles"] = sorted(map(str, roles))
    ways = [way for way in SCHEMES if way != "guest" or Role.GUEST in roles]
    operation["security"] = [{way: []} for way in ways] if roles else []
    operation["responses"].pop("422", None)
    operation["responses"] |= {"4XX": PROBLEM, "5XX": PROBLEM}


def _roles(dependant: Dependant) -> frozenset[Role]:
    """The roles that a route's signature asks for; none if anybody may, unknown ones too."""
    own = (each.call.roles for each in dependant.dependencies if isinstance(each.call, Needs))
    return next(own, frozenset())


@router.get("/api/v1/docs")
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(templates.get_template("reference.html").render(schema=describe(request.app), document=OPENAPI))
