// Every sentence of the page, in both languages.

export const STRINGS = {
  vi: {
    layers: "Lớp", layersLabel: "Lớp dữ liệu", other: "EN", otherLabel: "English", scheme: "Màu sáng hoặc tối", close: "Đóng",
    synthetic: "Có dữ liệu giả lập, không phải số liệu đo đạc: {layers}.", syntheticShort: "giả lập",
    release: "Bản công bố {release} · {date} · dùng ngoại tuyến", view: "khung nhìn {view}, không công khai", nothing: "Tại đây không có đối tượng nào của các lớp đang hiện.",
    merged: "Gộp {count} đối tượng", fromZoom: "phóng to để thấy", trouble: "Không đọc được {file}. Hãy chép lại cả thư mục cho đủ tệp.",
    here: "Tại điểm này", data: "Đầy đủ các trường của từng đối tượng có trong {file} (mở bằng QGIS).", evidence: "Căn cứ", steward: "Đơn vị quản lý",
    readme: "Đọc thêm: README.txt", yes: "có", no: "không", legend: "Chú giải ({count})",
  },
  en: {
    layers: "Layers", layersLabel: "Map layers", other: "VI", otherLabel: "Tiếng Việt", scheme: "Light or dark colours", close: "Close",
    synthetic: "Contains synthetic data, not measured: {layers}.", syntheticShort: "synthetic",
    release: "Release {release} · {date} · offline", view: "view {view}, not public", nothing: "There are no features of the layers shown here.",
    merged: "{count} features merged", fromZoom: "zoom in to see", trouble: "{file} cannot be read. Copy the folder again, with all its files.",
    here: "At this point", data: "Every field of every feature is in {file} (open it in QGIS).", evidence: "Evidence", steward: "Steward",
    readme: "Read more: README.txt", yes: "yes", no: "no", legend: "Legend ({count})",
  },
};
