# %% [markdown]
# # Quy hoạch và hiện trạng sử dụng đất mâu thuẫn ở đâu?
# *Where do plan and present land use disagree?*
#
# Đặt thửa đất (loại đất hiện nay) lên quy hoạch sử dụng đất (chức năng). Mâu thuẫn ở đây: **đất ở** nằm trong chức
# năng không phải để ở. Phần nhỏ hơn 1 m² là sai số đo, không tính.
#
# *Housing land under a planned function that is not housing. Parts below 1 m² are noise of the survey and left
# out.*

# %%
import geopandas

from gis_server.client import Bando, Picture

HOUSING = ["ODT", "ONT"]
PLANNED_HOUSING = [
    "DC_DA_CHUC_NANG", "DC_MAT_DO_THAP", "DC_MAT_DO_CAO", "HON_HOP", "NHOM_NHA_O",
    "O_BIET_THU", "O_CHUNG_CU", "O_HON_HOP", "O_LANG_XOM", "O_LIEN_KE",
]  # fmt: skip
MOST_NOISE_M2 = 1.0

city = Bando()
release = city.release
lots = city.layer("cadastre.thua_dat").as_of(release)
plan = city.layer("planning.quy_hoach_su_dung_dat").as_of(release)
parcels = lots.select("ma_xa_cu", "so_to", "so_thua", "loai_dat").to_geopandas()
blocks = plan.select("ma", "chuc_nang").to_geopandas()
print(f"Bản công bố {release}: {len(parcels)} thửa, {len(blocks)} khu quy hoạch")

# %% [markdown]
# ## Héc-ta theo loại đất và chức năng · Hectares by use and function

# %%
parts = geopandas.overlay(parcels, blocks[["ma", "chuc_nang", "geometry"]], how="intersection", keep_geom_type=True)
parts["m2"] = parts.area
parts = parts[parts.m2 >= MOST_NOISE_M2]
words = plan.words("chuc_nang")
matrix = parts.pivot_table(index="loai_dat", columns="chuc_nang", values="m2", aggfunc="sum", fill_value=0) / 10_000
matrix.rename(columns=words).round(2)

# %% [markdown]
# ## Đất ở trong chức năng không để ở · Housing land planned as something else

# %%
conflict = parts[parts.loai_dat.isin(HOUSING) & ~parts.chuc_nang.isin(PLANNED_HOUSING)]
by_function = conflict.groupby("chuc_nang").agg(thua=("fid", "nunique"), m2=("m2", "sum"))
by_function.insert(0, "chức năng", by_function.index.map(words))
by_function.sort_values("m2", ascending=False).round(0)

# %%
ground = Picture().add(blocks, "khu quy hoạch", "#8a949b", is_faint=True)
ground.by(conflict, "chuc_nang", words).over(conflict) if len(conflict) else ground

# %% [markdown]
# ## Hai mươi thửa bị nhiều nhất · The twenty parcels with most of it

# %%
keys = ["ma_xa_cu", "so_to", "so_thua"]
worst = conflict.groupby(keys).agg(m2=("m2", "sum")).sort_values("m2", ascending=False).head(20).reset_index()
worst.round(1)

# %% [markdown]
# Mỗi thửa trong bảng có hồ sơ đầy đủ: `city.dossier(ma_xa_cu, so_to, so_thua)`. Đây là chỉ tiêu ô phố của cả hai
# mươi thửa, lấy trong một lần hỏi.

# %%
dossiers = city.dossiers(worst[keys], sections=["o_pho"], as_of=release).to_pandas()
assert dossiers.found.all()
dossiers
