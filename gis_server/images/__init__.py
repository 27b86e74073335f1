"""Maps as pictures: for reports, for clients that draw no vector tiles, and WMS for desktop programs."""
