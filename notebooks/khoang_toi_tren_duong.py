# %% [markdown]
# # Đoạn đường nào thiếu đèn?
# *Lighting gaps along roads*
#
# Một cột đèn coi như soi được 30 m mỗi phía dọc đường. Phần tim đường có tên nằm ngoài mọi vòng 30 m quanh đèn còn
# dùng được là **khoảng tối**; ngắn hơn 20 m thì bỏ qua. Đèn hư hỏng không tính.
#
# *A lamp reaches 30 m. What of a named road's axis no working lamp reaches is a gap; gaps below 20 m do not count.*

# %%
from gis_server.client import Bando, Picture

REACH_M, LEAST_GAP_M = 30.0, 20.0

city = Bando()
release = city.release
roads = city.layer("base_transport.duong_bo").as_of(release).filter("ten IS NOT NULL").select("ten").to_geopandas()
lamps = city.layer("lighting.cot_den").as_of(release).select("ma", "tinh_trang").to_geopandas()
working = lamps[lamps.tinh_trang != "HU_HONG"]
print(f"Bản công bố {release}: {len(roads)} đoạn có tên, {len(working)} trong {len(lamps)} cột đèn còn dùng được")

# %% [markdown]
# ## Khoảng tối theo tên đường · Gaps by road

# %%
lit = working.buffer(REACH_M).union_all()
gaps = roads[["ten", "geometry"]].copy()
gaps["geometry"] = roads.difference(lit)
gaps = gaps.explode(index_parts=False)
gaps["m"] = gaps.length
gaps = gaps[gaps.m >= LEAST_GAP_M]
lengths = roads.assign(dai_m=roads.length).groupby("ten").dai_m.sum()
table = gaps.groupby("ten").agg(khoang=("m", "size"), toi_m=("m", "sum"), dai_nhat_m=("m", "max")).join(lengths)
table["ty_le"] = (100 * table.toi_m / table.dai_m).round(0)
table.sort_values("toi_m", ascending=False).round(0).head(20)

# %%
Picture().add(roads, "đường có tên", "#8a949b", is_faint=True).add(working, "đèn còn dùng được", "#c7a008").add(
    gaps, "khoảng tối", "#3b2a6b"
)

# %% [markdown]
# ## Đèn hỏng gây thêm bao nhiêu? · What broken lamps add

# %%
dark_m = gaps.m.sum()
if_mended = roads.difference(lamps.buffer(REACH_M).union_all()).explode()
dark_if_mended_m = if_mended.length[if_mended.length >= LEAST_GAP_M].sum()
print(f"Tối {dark_m / 1000:.2f} km; sửa hết đèn hỏng thì còn {dark_if_mended_m / 1000:.2f} km")
