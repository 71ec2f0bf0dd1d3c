"""The floor F: a constant answer, under the product's own server settings and client."""

from flask import Flask, Response

WORDS = '<Response><Gather action="/voice/t/0/step"><Say>Hi</Say></Gather></Response>'
app = Flask(__name__)


@app.post("/voice")
@app.post("/voice/t/<token>/step")
def voice(**_: str) -> Response:
    return Response(WORDS, mimetype="text/xml")
