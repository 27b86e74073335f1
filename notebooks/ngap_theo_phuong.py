# %% [markdown]
# # Thửa đất trong vùng ngập, theo phường cũ và mới
# *Parcels in the flood zone, by ward old and new*
#
# Câu hỏi: mỗi phường, xã có bao nhiêu thửa, bao nhiêu héc-ta nằm trong vùng ngập? Từ 01/07/2025 phường đã khác, nên
# trả lời cho cả hai thời kỳ. Diện tích là phần nằm **trong** vùng ngập, không phải cả thửa; chỗ hai vùng ngập chồng
# nhau chỉ tính một lần.
#
# *How many parcels, and how many hectares of them, lie in the flood zone? Only the part inside counts, ground under
# two zones once.*

# %%
import geopandas

from gis_server.client import Bando, Picture

city = Bando()
release = city.release
parcels = city.layer("cadastre.thua_dat").as_of(release).select("ma_xa_cu", "ma_xa", "loai_dat").to_geopandas()
zones = city.layer("drainage.vung_ngap").as_of(release).to_geopandas()
units = city.layer("base_boundary.dia_phan_hanh_chinh_tren_dat_lien").as_of(release).to_geopandas()
print(f"Bản công bố {release}: {len(parcels)} thửa, {len(zones)} vùng ngập; dữ liệu giả lập: {parcels.synthetic.any()}")

# %% [markdown]
# ## Phần thửa nằm trong vùng ngập

# %%
flood = geopandas.GeoDataFrame(geometry=[zones.union_all()], crs=zones.crs)
parts = geopandas.overlay(parcels, flood, how="intersection", keep_geom_type=True)
parts["ha"] = parts.area / 10_000


def by_ward(code, names):
    """Số thửa và héc-ta ngập của mỗi đơn vị, nhiều trước."""
    table = parts.groupby(code).agg(thua=("fid", "nunique"), ha=("ha", "sum")).reset_index()
    table.insert(1, "ten", table[code].map(names))
    return table.sort_values("ha", ascending=False).round({"ha": 3}).reset_index(drop=True)


# %%
outlines = units[units.hieuLucDen.isna()]
Picture().add(outlines, "phường, xã", "#8a949b", is_faint=True).add(zones, "vùng ngập", "#7fb2d9", is_faint=True).add(
    parts, "phần thửa ngập", "#1b6ca8"
)

# %% [markdown]
# ## Phường, xã hiện nay · Wards of today

# %%
is_present = units.hieuLucDen.isna()
now = by_ward("ma_xa", dict(units[is_present][["maDonViHanhChinh", "ten"]].to_numpy()))
now

# %% [markdown]
# ## Phường, xã trước 01/07/2025 · Wards before

# %%
before = by_ward("ma_xa_cu", dict(units[~is_present][["maDonViHanhChinh", "ten"]].to_numpy()))
before

# %% [markdown]
# Tổng của hai bảng phải bằng nhau: cùng một mặt đất chia theo hai cách. Mỗi thửa đều ghi cả hai mã.

# %%
total_ha = parts.ha.sum()
assert parts.ma_xa.notna().all(), "có thửa không ghi xã hiện nay"
assert abs(now.ha.sum() - before.ha.sum()) < 0.01 * len(before)
print(f"Ngập {total_ha:.3f} ha của {parts.fid.nunique()} thửa")
