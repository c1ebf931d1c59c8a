"""What the HTTP surface counts for Prometheus; the mind counts its own."""

from prometheus_client import CollectorRegistry, Counter, generate_latest


class Figures:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._errors = Counter("yavar_errors", "Problems answered over HTTP", ["code"], registry=self._registry)

    def error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)
