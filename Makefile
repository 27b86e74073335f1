.PHONY: demo test check clients bench pictures reports clean setup
bando := .venv/bin/bando
sample := build/sample

demo: setup $(sample)/giao_nop.yaml   ## the sample city on a map at the printed address
	@$(bando) load $(sample) --note "Thành phố mẫu (dữ liệu giả lập) · sample city (synthetic)"
	@$(bando) up --demo
	@echo "Lệnh bando · the command bando:  . .venv/bin/activate"

test: check            ## everything CI runs
	@tools/setup test
	@.venv/bin/pytest -n 2 --dist loadfile

check: setup           ## lint, types, arrows between rooms, generated files
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/pytest -q tests/test_docs.py

clients: setup         ## GDAL, QGIS, OWSLib and GeoPandas read every collection (installs QGIS, 200 MB)
	@tools/setup clients
	@.venv/bin/pytest -m clients tests/clients

bench:                 ## figures for docs/benchmarks.md
	@tools/setup bench
	@.venv/bin/python -m benchmarks

pictures: setup        ## the pictures of the guide, drawn anew from the sample city
	@tools/setup test
	@.venv/bin/python tools/pictures.py

reports: setup         ## the notebooks as pages in build/reports, run against BANDO_URL
	@.venv/bin/python -m gis_server.client.report notebooks/*.py

clean:                 ## stop everything and remove what can be made again
	@-$(bando) down && $(bando) db reset --yes
	@rm -rf .bando build .venv node_modules

setup:
	@tools/setup

$(sample)/giao_nop.yaml: $(wildcard loaders/sample_city/*) | setup
	@$(bando) sample --wards 3 --seed 7 --out $(sample)
