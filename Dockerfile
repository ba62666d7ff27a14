# syntax=docker/dockerfile:1
# One image for web, worker, beat, pacemaker and the one-shot set-up; docker-compose.yml says which command each runs.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt constraints.txt /src/
RUN /venv/bin/pip install -r /src/requirements.txt
COPY . /portal
WORKDIR /portal
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=certportal.settings.prod
# Neither step opens a connection; the values only let the settings load.
RUN export DATABASE_URL=postgres://build REDIS_URL=redis://build ALLOWED_HOSTS=build \
        SECRET_KEY=only-while-building-the-image-never-used-to-sign-anything \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=certportal.settings.prod \
    BIND=0.0.0.0:8000 \
    MEDIA_ROOT=/data/media
RUN useradd --system --uid 10001 --no-create-home --home-dir /data portal \
    && install -d -o portal -g portal /data /data/media
COPY --from=build /venv /venv
COPY --from=build /portal /portal
WORKDIR /portal
USER portal
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-m", "certportal.probe", "healthz"]
CMD ["gunicorn", "-c", "python:certportal.gunicorn"]
