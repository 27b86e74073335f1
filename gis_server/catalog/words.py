"""YAML for people: NO and ON stay words, dates stay text, and a key that stands twice is an error."""

import re
from pathlib import Path
from typing import Any

import yaml


class WordsLoader(yaml.CSafeLoader):
    """The safe loader with only `true` and `false` as booleans."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"key “{key.value}” is repeated", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


WordsLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.rpartition(":")[2] not in ("bool", "timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
WordsLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; raises yaml.YAMLError or OSError."""
    with path.open("rb") as file:
        return yaml.load(file, WordsLoader)
