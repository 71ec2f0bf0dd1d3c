"""What is done with promises to call back where they are shown, on the pages of their call and of their case."""

from __future__ import annotations

import time

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive
from ivr.store.call_backs import CallBack

bp = Blueprint("call_backs", __name__)


@bp.post("/call-backs/<promise>/cancel")
def cancel(promise: str) -> BaseResponse:
    """Take a promise back, once: nobody is called for it any more. The audit trail says who did."""
    row = found(promise)
    if archive().store.call_backs.cancel(row.effect, me().name, time.time()):
        flash("The call back is cancelled: nobody is called for it any more.", "ok")
    else:
        flash("The call back is over already, or its caller is being called now.", "bad")
    if row.case and request.form.get("on") == "case":
        return redirect(url_for("cases.one", number=row.case))
    return redirect(url_for("calls.one", call=row.call))


def found(promise: str) -> CallBack:
    """Find the promise that an address names; 404 where there is none."""
    try:
        row = archive().store.call_backs.find(bytes.fromhex(promise))
    except ValueError:
        row = None
    if row is None:
        abort(404, "There is no such promise to call back.")
    return row
