"""Which way water falls: a forest over the street graph that leads every node to an outfall."""

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point

from loaders.sample_city.plan import Graph, Plan
from loaders.sample_city.shapes import Shapes

TOWN = ("co", "moi", "biet_thu", "cong_nghiep", "cong_cong", "nguyen", "quang_truong", "cong_vien")


@dataclass(frozen=True)
class Forest:
    """For each node the edge and node it drains to (−1 at outfalls and off the net), and how far the outfall is."""

    down_edge: NDArray[np.int64]
    down_node: NDArray[np.int64]
    distance: NDArray[np.float64]
    root: NDArray[np.int64]
    roots: NDArray[np.int64]

    @property
    def wet(self) -> NDArray[np.int64]:
        """Nodes that drain somewhere, far ones first."""
        found = np.flatnonzero(self.down_edge >= 0)
        return found[np.argsort(-self.distance[found], kind="stable")]

    def load(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """What passes each node: its own share and all from above."""
        total = own.copy()
        for node in self.wet:
            total[self.down_node[node]] += total[node]
        return total


def serviced(plan: Plan) -> NDArray[np.bool_]:
    """Edges with houses: in town, off the bridges."""
    parcels = plan.fabric.parcels[np.isin(plan.fabric.style, TOWN)]
    tree = shapely.STRtree(parcels)
    near = np.zeros(len(plan.graph.edges), bool)
    near[np.unique(tree.query(plan.graph.edges, predicate="dwithin", distance=26)[0])] = True
    return np.asarray(near & ~shapely.intersects(plan.graph.edges, plan.water.all.buffer(1)))


def outfall_nodes(plan: Plan, usable: NDArray[np.bool_], spacing: float = 150.0) -> NDArray[np.int64]:
    """Nodes near river and canals, spread out along them."""
    graph = plan.graph
    used = np.unique(np.concatenate([graph.start[usable], graph.end[usable]]))
    water = shapely.union_all([plan.water.big, plan.water.canal_area])
    away = shapely.distance(graph.nodes[used], water)
    close = used[(away < 24) & (away > 0)]
    chosen: list[int] = []
    for node in close[np.argsort(shapely.distance(graph.nodes[close], water), kind="stable")]:
        if not chosen or shapely.distance(graph.nodes[chosen], graph.nodes[node]).min() > spacing:
            chosen.append(int(node))
    return np.array(sorted(chosen))


def forest(graph: Graph, usable: NDArray[np.bool_], roots: NDArray[np.int64]) -> Forest:
    """Shortest ways along usable edges from the roots outwards; alleys are followed, canals never crossed."""
    count = len(graph.nodes)
    distance, down_edge, down_node = np.full(count, np.inf), np.full(count, -1), np.full(count, -1)
    root = np.full(count, -1)
    distance[roots], root[roots] = 0, roots
    around: list[list[tuple[int, int, float]]] = [[] for _ in range(count)]
    for edge in np.flatnonzero(usable):
        a, b, length = int(graph.start[edge]), int(graph.end[edge]), float(graph.edges[edge].length)
        around[a].append((b, int(edge), length))
        around[b].append((a, int(edge), length))
    queue = [(0.0, int(node)) for node in roots]
    heapq.heapify(queue)
    while queue:
        here, node = heapq.heappop(queue)
        if here > distance[node]:
            continue
        for other, way, length in around[node]:
            if here + length < distance[other] - 1e-9:
                distance[other], root[other] = here + length, root[node]
                down_edge[other], down_node[other] = way, node
                heapq.heappush(queue, (here + length, other))
    return Forest(down_edge, down_node, distance, root, roots)


def nearest_water(plan: Plan, node: Point) -> tuple[Point, str]:
    """The point of the water's edge nearest to a node, and the water's name."""
    waters: list[tuple[object, str]] = [(plan.water.river, "Sông Vàm Sen"), (plan.water.sea, "Vịnh Sen")]
    waters += [(canal.water, canal.name) for canal in plan.water.canals]
    shape, name = min(waters, key=lambda row: shapely.distance(row[0], node))
    way = shapely.shortest_line(shape, node)
    return way.interpolate(min(0.2, way.length / 2)), name


def own_area(plan: Plan, nodes: Shapes) -> NDArray[np.float64]:
    """Square metres of parcels nearest to each node."""
    town = np.isin(plan.fabric.style, TOWN)
    nearest = shapely.STRtree(nodes).nearest(shapely.centroid(plan.fabric.parcels[town]))
    return np.bincount(nearest, weights=plan.fabric.area[town], minlength=len(nodes)).astype(float)
