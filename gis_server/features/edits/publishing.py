"""Hands edits over and waits: for the release, and until this worker answers by it."""

import asyncio
from collections.abc import Sequence

from fastapi import Request

from gis_server.errors import Busy
from gis_server.releases.edits import Author, Edit, Edited, Editor
from gis_server.web.asking import note_release

PATIENCE_S = 10.0
"""How long an edit waits for its turn in this worker; then the caller is told to come again."""


async def publish(request: Request, edits: Sequence[Edit], author: Author) -> Edited:
    """Off the event loop: checking and publishing take up to seconds. One at a time, as publishes are."""
    turn: asyncio.Lock = request.app.state.editing
    try:
        async with asyncio.timeout(PATIENCE_S):
            await turn.acquire()
    except TimeoutError as error:
        raise Busy(
            "Đang có nhiều người cùng sửa. Chưa sửa gì; hãy thử lại sau ít giây.",
            "Many people are editing at once. Nothing was edited; try again in a few seconds.",
        ) from error
    try:
        editor: Editor = request.app.state.editor
        done = await asyncio.to_thread(editor.apply, edits, author)
    finally:
        turn.release()
    if done.release is not None:
        await request.app.state.in_step(done.release)
        note_release(request, done.release)
    return done
