# docker build -t digit-reader . && docker run --rm -p 8501:8501 digit-reader
FROM python:3.12-slim

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt

COPY .streamlit/ .streamlit/
COPY app.py .
COPY model/ model/
COPY pages/ pages/
COPY training/ training/
COPY ui/ ui/

RUN useradd --create-home --uid 10001 reader
USER 10001

EXPOSE 8501
# Reads a one: the server's own health page answers ok even where the app behind it is broken.
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r, numpy as n; from model import Recognizer; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5); x = n.zeros((28, 28), n.uint8); x[4:24, 13:15] = 255; assert Recognizer.load().read(x).digits[0].label == 1"]

CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
