// Every sentence of the page, in both languages.

export const STRINGS = {
  vi: {
    layers: "Lớp", layersLabel: "Lớp bản đồ", other: "EN", otherLabel: "English", scheme: "Màu ngày hoặc đêm", close: "Đóng",
    synthetic: "Có dữ liệu tổng hợp, không phải số liệu đo đạc: {layers}.", syntheticShort: "tổng hợp",
    release: "Bản công bố {release} · {date} · dùng ngoại tuyến", view: "khung nhìn {view}, không công khai", nothing: "Ở đây không có đối tượng nào của các lớp đang bật.",
    merged: "Đại diện cho {count} đối tượng", fromZoom: "phóng to để thấy", trouble: "Không đọc được {file}. Chép lại thư mục cho đủ tệp.",
    here: "Tại điểm này", data: "Đủ mọi trường của từng đối tượng: {file} (mở bằng QGIS).", evidence: "Căn cứ", steward: "Đơn vị quản lý",
    readme: "Đọc thêm: README.txt", yes: "có", no: "không", legend: "Chú giải ({count})",
  },
  en: {
    layers: "Layers", layersLabel: "Map layers", other: "VI", otherLabel: "Tiếng Việt", scheme: "Day or night colours", close: "Close",
    synthetic: "Holds synthetic data, not measured: {layers}.", syntheticShort: "synthetic",
    release: "Release {release} · {date} · offline", view: "view {view}, not public", nothing: "Nothing of the layers switched on is here.",
    merged: "Stands for {count} features", fromZoom: "zoom in to see", trouble: "{file} cannot be read. Copy the folder again, with all its files.",
    here: "At this point", data: "Every field of every feature: {file} (open it in QGIS).", evidence: "Evidence", steward: "Steward",
    readme: "Read more: README.txt", yes: "yes", no: "no", legend: "Legend ({count})",
  },
};
