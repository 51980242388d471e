# The service in one image: `docker build -t suyuan .`
# Behind a package mirror: `--build-arg PIP_INDEX_URL=…`. Behind a proxy with a certificate authority of
# its own: put the certificates of all authorities to trust into `build-ca.pem` beside this file. Neither
# is kept in the image.
FROM python:3.11-slim AS packages
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
# The pattern lets the second file be absent.
COPY requirements.lock build-ca.pe[m] ./
RUN python -m venv /venv \
    && if [ -f build-ca.pem ]; then export PIP_CERT=/build/build-ca.pem; fi \
    # python-louvain is published as source only; everything else must not run code while installing.
    && /venv/bin/python -m pip install --require-hashes --only-binary :all: \
        --no-binary python-louvain -r requirements.lock

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin suyuan
COPY --from=packages /venv /venv
WORKDIR /app
COPY suyuan suyuan
COPY graph graph
COPY ingest ingest
COPY detect detect
COPY queries queries
COPY api api
COPY synth synth
COPY benchmarks benchmarks
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# Access tokens and other state of the service; a volume put here takes over its owner.
RUN mkdir .suyuan && chown suyuan:suyuan .suyuan
USER suyuan
EXPOSE 8000
ENTRYPOINT ["python", "-m", "suyuan"]
CMD ["--help"]
