FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --create-home --home-dir /home/greenroom greenroom
WORKDIR /srv/greenroom

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

COPY . .
# Static files are named by their content and need no setting of a real installation.
RUN DEBUG=0 SECRET_KEY=only-for-collecting-static-files-0123456789-abcdefghij \
    TOKEN_KEYS=build:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff \
    ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    python manage.py collectstatic --noinput

USER greenroom
EXPOSE 8000

# The sign-in page, or the way to its https address.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import http.client, os, sys; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
web = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
web.request('GET', '/admin/login/', headers={'Host': host, 'X-Forwarded-Proto': 'https'}); \
sys.exit(web.getresponse().status >= 400)"]

CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
