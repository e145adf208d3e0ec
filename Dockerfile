# One lock for everybody: its hashes are verified here for all libraries, and only those that pyproject.toml names for
# running go into the image.
FROM python:3.13-slim AS libraries
WORKDIR /build
COPY pyproject.toml requirements.lock ./
RUN pip wheel --no-cache-dir --quiet --require-hashes --requirement requirements.lock --wheel-dir wheels
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > running.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --quiet --no-index --find-links wheels --requirement running.txt

FROM python:3.13-slim
# pg_dump and pg_restore, for backups of a PostgreSQL base; not older than the server of compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin zvonok \
    && install --directory --owner=zvonok --mode=0700 /data /backups
COPY --from=libraries /opt/venv /opt/venv
WORKDIR /app
COPY bot bot
COPY handlers handlers
COPY services services
COPY storage storage
COPY locales locales
COPY LICENSE school.example.toml ./
# Compiled here: the running image is nobody's to write into, and would compile six hundred modules at every start.
RUN python -m compileall -q bot handlers services storage locales
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HTTP_HOST=0.0.0.0
USER zvonok
VOLUME ["/data", "/backups"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('HTTP_PORT', 8080)}/healthz\", timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
