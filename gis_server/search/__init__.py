"""Search: parcels, addresses, roads, places, units of every era, codes and coordinates; and what is at a point."""
