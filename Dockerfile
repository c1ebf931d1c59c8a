# syntax=docker/dockerfile:1
# The house as an image: built where there are compilers and a network, run where there are neither.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_PYTHON_DOWNLOADS=never
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The browser assets and the wheel, with the very versions that the lock names.
RUN make setup \
    && .venv/bin/uv build --quiet --wheel --out-dir /wheel \
    && python -m venv /opt/yavar \
    && VIRTUAL_ENV=/opt/yavar .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock \
    && VIRTUAL_ENV=/opt/yavar .venv/bin/uv pip install --quiet --no-deps --compile-bytecode /wheel/*.whl

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Yavar" \
      org.opencontainers.image.description="A self-hosted service-desk assistant in English, Arabic and Persian" \
      org.opencontainers.image.licenses="Apache-2.0"
# The root file system may be read-only: all data is in /data, and /tmp may be a tmpfs.
RUN groupadd --gid 10001 yavar \
    && useradd --uid 10001 --gid yavar --home-dir /data --no-create-home --shell /usr/sbin/nologin yavar \
    && install --directory --owner=yavar --group=yavar --mode=0700 /data
COPY --from=build /opt/yavar /opt/yavar
ENV PATH=/opt/yavar/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    YAVAR_HOME=/data \
    YAVAR_HOST=0.0.0.0 \
    YAVAR_PORT=8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["yavar"]
CMD ["serve", "--no-demo"]
