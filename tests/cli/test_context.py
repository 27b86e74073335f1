"""What commands say before they begin."""

from gis_server.cli.context import in_brief


def test_a_new_installation_is_told_in_two_lines_and_a_loss_in_full():
    changes = ["CRS 9210", "CRS 5899", "+ drainage.ho_ga", "+ cadastre.thua_dat", "drainage.ho_ga: hash", "a.b.c −"]
    assert list(in_brief(changes)) == [
        "2 lưới tọa độ · coordinate systems",
        "2 lớp có bảng mới · layers with new tables",
        "1 lớp được tính lại mã băm từng dòng · layers whose rows are hashed anew",
        "a.b.c −",
    ]
