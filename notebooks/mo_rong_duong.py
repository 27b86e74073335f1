# %% [markdown]
# # Mở rộng đường theo lộ giới lấy đất và nhà nào?
# *Road widening, and the houses it takes*
#
# Lộ giới là bề rộng quy hoạch quanh tim đường. Dải mở rộng là dải lộ giới trừ dải hiện hữu. Nhà, thửa tính là **bị
# lấy** khi dải phủ từ 1 m². Ngoài lộ giới đã duyệt còn thử thêm vài mét mỗi bên: nơi quy hoạch đã chừa đất thì dòng
# đầu là 0, các dòng sau cho biết còn chừa được bao nhiêu.
#
# *The strip between the planned and the present width of each axis; taken means 1 m² or more. Beyond the reserve a
# few metres more each side are tried: where the plan kept the ground free the first line is 0.*

# %%
import geopandas
import pandas

from gis_server.client import Bando, Picture

LEAST_M2 = 1.0
MORE_EACH_SIDE_M = (0.0, 1.0, 2.0, 4.0)

city = Bando()
release = city.release
axes = city.layer("planning.lo_gioi").as_of(release).to_geopandas()
houses = city.layer("base_settlement.nha").as_of(release).select("maNhanDang", "diaChi", "soTang").to_geopandas()
houses = houses[houses.geom_type.isin(["Polygon", "MultiPolygon"])]
lots = city.layer("cadastre.thua_dat").as_of(release).select("ma_xa_cu", "so_to", "so_thua", "loai_dat").to_geopandas()
print(f"Bản công bố {release}: {len(axes)} tim đường có lộ giới, {len(houses)} nhà, {len(lots)} thửa")

# %% [markdown]
# ## Nhà và thửa bị lấy ở mỗi mức · Houses and parcels taken, by scenario


# %%
def strips(more_m):
    """Dải mở rộng của mỗi con đường khi mỗi bên rộng thêm `more_m` so với lộ giới."""
    planned = axes.buffer(axes.lo_gioi / 2 + more_m, cap_style="flat")
    present = axes.buffer(axes.chieu_rong_hien_huu.fillna(0) / 2, cap_style="flat")
    frame = geopandas.GeoDataFrame(axes[["ten_duong"]], geometry=planned.difference(present))
    return frame.dissolve("ten_duong").reset_index()


def taken(things, roads):
    """Phần của nhà hay thửa nằm trong dải, từ 1 m² trở lên."""
    parts = geopandas.overlay(things, roads, how="intersection", keep_geom_type=True)
    parts["m2"] = parts.area
    return parts[parts.m2 >= LEAST_M2]


widened = {more_m: strips(more_m) for more_m in MORE_EACH_SIDE_M}
found = {more_m: (taken(houses, roads), taken(lots, roads)) for more_m, roads in widened.items()}
scenarios = pandas.DataFrame(
    {
        "thêm mỗi bên (m)": more_m,
        "nhà": homes.fid.nunique(),
        "m² nhà": round(homes.m2.sum()),
        "thửa": land.fid.nunique(),
        "m² đất": round(land.m2.sum()),
    }
    for more_m, (homes, land) in found.items()
)
scenarios

# %% [markdown]
# ## Đường nào lấy nhiều nhà nhất ở mức rộng nhất? · Which roads take most, in the widest scenario

# %%
homes, land = found[MORE_EACH_SIDE_M[-1]]
by_road = homes.groupby("ten_duong").agg(nha=("fid", "nunique"), m2_nha=("m2", "sum"))
by_road = by_road.join(land.groupby("ten_duong").agg(thua=("fid", "nunique"), m2_dat=("m2", "sum")), how="outer")
by_road.fillna(0).sort_values("m2_nha", ascending=False).round(0).head(20)

# %% [markdown]
# Một nhà ở góc đường nằm ở hai dòng của bảng này, nhưng chỉ tính một lần trong bảng trên. Đây là ước tính từ bề
# rộng: nơi đã cắm chỉ giới đường đỏ, hồ sơ thửa (`city.dossier`) mới là căn cứ.

# %%
widest = widened[MORE_EACH_SIDE_M[-1]]
Picture().add(houses, "nhà", "#8a949b", is_faint=True).add(widest, "dải mở rộng, mức rộng nhất", "#c77d0a").add(
    houses[houses.fid.isin(homes.fid)], "nhà bị lấy", "#d1495b"
)
