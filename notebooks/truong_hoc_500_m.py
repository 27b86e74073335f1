# %% [markdown]
# # Bao nhiêu nhà có trường tiểu học trong 500 m?
# *School access within 500 m*
#
# Đường chim bay từ nhà đến khuôn viên trường gần nhất; đi bộ thật sẽ xa hơn, nên kết quả là **nhiều nhất có thể**.
# Nhà ở gồm nhà trên thửa đất ở.
#
# *As the crow flies, to the nearest primary school's grounds: the walk is longer, so these shares are upper
# bounds.*

# %%
import geopandas

from gis_server.client import Bando, Picture

WITHIN_M = 500.0

city = Bando()
release = city.release
facilities = city.layer("base_settlement.cong_trinh_giao_duc").as_of(release)
schools = facilities.filter("CASEI(ten) LIKE 'trường tiểu học%'").select("ten").to_geopandas()
homes = (
    city.layer("cadastre.thua_dat").as_of(release).filter("loai_dat IN ('ODT', 'ONT')").select("ma_xa").to_geopandas()
)
units = (
    city.layer("base_boundary.dia_phan_hanh_chinh_tren_dat_lien").as_of(release).in_force("2025-07-01").to_geopandas()
)
print(f"Bản công bố {release}: {len(schools)} trường tiểu học, {len(homes)} thửa đất ở")

# %% [markdown]
# ## Khoảng cách đến trường gần nhất · Distance to the nearest school

# %%
nearest = geopandas.sjoin_nearest(homes, schools[["ten", "geometry"]], distance_col="m").drop_duplicates("fid")
assert len(nearest) == len(homes)
nearest.m.describe().round(0)

# %%
is_near = nearest.m <= WITHIN_M
Picture().add(nearest[is_near], "có trường trong 500 m", "#5c8a3a").add(nearest[~is_near], "xa hơn", "#d1495b").add(
    schools, "trường tiểu học", "#1b6ca8"
)

# %% [markdown]
# ## Theo phường, xã · By ward

# %%
names = dict(units[["maDonViHanhChinh", "ten"]].to_numpy())
table = nearest.groupby("ma_xa").agg(thua=("fid", "size"), gan=("m", lambda m: int((m <= WITHIN_M).sum())))
table["ty_le"] = (100 * table.gan / table.thua).round(1)
table.insert(0, "phường", table.index.map(names))
table.sort_values("ty_le")

# %% [markdown]
# ## Trường nào gánh nhiều nhà nhất? · Which school serves most homes

# %%
served = nearest[nearest.m <= WITHIN_M].groupby("ten").size()
near = int((nearest.m <= WITHIN_M).sum())
print(f"{near} trong {len(homes)} thửa đất ở ({100 * near / len(homes):.1f} %) có trường trong {WITHIN_M:.0f} m")
served.sort_values(ascending=False)
