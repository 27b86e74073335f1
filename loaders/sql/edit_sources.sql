SELECT source AS id, title_vi, title_en, licence, attribution, synthetic FROM meta.source WHERE source = ANY (%(sources)s) ORDER BY source
