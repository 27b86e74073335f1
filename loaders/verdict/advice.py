"""What to do: about a code, and about the whole verdict. A report that only says what is wrong is half a report."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gis_server.catalog.model import Text
from gis_server.catalog.words import read_yaml
from loaders.verdict.verdict import Verdict


@cache
def read_advice() -> Mapping[str, Text]:
    """Code → what to do about it; codes that speak for themselves have none."""
    content = read_yaml(Path(__file__).with_name("advice.yaml"))
    return {code: Text.model_validate(text) for code, text in content.items()}


def next_step(verdict: Verdict) -> Text:
    """The one thing to do now."""
    if verdict.refused:
        return Text(
            vi="Gửi trang này và phat_hien.gpkg cho đơn vị giao nộp để sửa rồi giao nộp lại; hoặc ghi miễn trừ, có "
            "người chịu trách nhiệm. Bản đồ đang phục vụ không thay đổi.",
            en="Send this page and phat_hien.gpkg to the supplier for correction, or sign a waiver. "
            "What is served is unchanged.",
        )
    if verdict.report.get("release"):
        return Text(
            vi="Đây là kết quả vào lúc công bố; muốn trở lại bản trước, dùng “bando rollback”.",
            en="This is the verdict at the time of publishing; use “bando rollback” to go back to the release before.",
        )
    return Text(
        vi="Hãy giữ thành bản nháp bằng “bando load … --hold”, xem thay đổi trên bản đồ bằng “bando drafts”, rồi "
        "“bando publish”. Bản đồ đang phục vụ chưa thay đổi.",
        en="Keep it as a draft with “bando load … --hold”, look at the changes on a map with “bando drafts”, "
        "then “bando publish”. What is served is unchanged.",
    )
