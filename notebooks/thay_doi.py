# %% [markdown]
# # Từ một bản công bố đến nay, bản đồ đổi gì?
# *What changed since a release?*
#
# Đổi `SINCE` thành bản đã xem lần trước. Mặc định là bản liền trước bản mới nhất.
#
# *Set `SINCE` to the release you last looked at; by default the one before the newest.*

# %%
import os

import pandas

from gis_server.client import Bando, Picture

city = Bando()
release = city.release
SINCE = int(os.environ.get("SINCE", release - 1))
changes = city.changes(SINCE, until=release).to_pandas()
print(f"Từ bản {SINCE} đến bản {release}: {len(changes)} thay đổi")

# %% [markdown]
# ## Theo lớp · By layer

# %%
WORDS = {"added": "thêm", "changed": "sửa", "removed": "bớt"}
table = pandas.crosstab(changes.layer, changes.kind.map(WORDS)) if len(changes) else pandas.DataFrame()
table

# %% [markdown]
# ## Trường nào đã sửa · Which fields were changed
#
# Đọc mỗi lớp có sửa ở hai bản rồi so từng ô.

# %%
rows = []
for layer, group in changes[changes.kind == "changed"].groupby("layer"):
    old, new = (city.layer(layer).as_of(one).to_arrow().to_pandas().set_index("fid") for one in (SINCE, release))
    both = [fid for fid in group.fid.unique() if fid in old.index and fid in new.index]
    for field in new.columns.intersection(old.columns):
        for fid in both:
            before, after = old.at[fid, field], new.at[fid, field]
            if before != after and not (pandas.isna(before) and pandas.isna(after)):
                shown = ("…", "…") if field == "geometry" else (before, after)
                rows.append({"lớp": layer, "fid": fid, "trường": field, "trước": shown[0], "sau": shown[1]})
edits = pandas.DataFrame(rows, columns=["lớp", "fid", "trường", "trước", "sau"])
edits.head(100)

# %% [markdown]
# ## Số đối tượng trước và sau · Counts before and after

# %%
counts = pandas.DataFrame(
    {
        "trước": {layer: city.layer(layer).as_of(SINCE).count() for layer in changes.layer.unique()},
        "sau": {layer: city.layer(layer).as_of(release).count() for layer in changes.layer.unique()},
    }
)
counts

# %% [markdown]
# ## Ở đâu · Where

# %%
picture = Picture()
for kind, word in WORDS.items():
    for layer, group in changes[changes.kind == kind].groupby("layer"):
        frame = city.layer(layer).as_of(SINCE if kind == "removed" else release).to_geopandas()
        picture = picture.add(frame[frame.fid.isin(group.fid)], f"{layer}: {word}")
picture
