# docker build -t digit-reader . && docker run --rm -p 8501:8501 digit-reader
FROM python:3.12-slim

WORKDIR /app
COPY requirements-serve.txt .
RUN pip install --no-cache-dir --requirement requirements-serve.txt

COPY .streamlit/ .streamlit/
COPY app.py .
COPY model/ model/
COPY pages/ pages/
COPY ui/ ui/

RUN useradd --create-home --uid 10001 reader
USER 10001

EXPOSE 8501
# Reads a digit: the server's own page /_stcore/health answers even where the app is broken.
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/health', timeout=15)"]

CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
