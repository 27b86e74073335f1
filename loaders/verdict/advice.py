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
            vi="Gửi trang này và phat_hien.gpkg cho đơn vị giao để sửa rồi giao lại; hoặc ghi miễn trừ có người chịu "
            "trách nhiệm. Bản đồ đang phục vụ không đổi gì.",
            en="Send this page and phat_hien.gpkg to whoever delivered; or sign a waiver. What is served is unchanged.",
        )
    if verdict.report.get("release"):
        return Text(
            vi="Đây là kết quả lúc công bố; muốn lấy lại bản trước thì dùng “bando rollback”.",
            en="This is how it stood when it was published; “bando rollback” takes it back.",
        )
    return Text(
        vi="Giữ thành bản nháp bằng “bando load … --hold”, xem thay đổi trên bản đồ bằng “bando drafts”, rồi "
        "“bando publish”. Bản đồ đang phục vụ chưa đổi gì.",
        en="Keep it as a draft (bando load … --hold), look at the changes (bando drafts), then bando publish.",
    )
