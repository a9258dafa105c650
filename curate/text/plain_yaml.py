"""YAML without surprises: anchors, aliases and deep nesting are refused before anything is built of them."""

import yaml

MAX_DEPTH = 50

_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class TangledYamlError(ValueError):
    """YAML that is refused; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def refuse_tangles(text: str) -> None:
    """Raises TangledYamlError for anchors, aliases and deep nesting, and yaml.YAMLError for no YAML."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        line = token.start_mark.line + 1
        if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
            raise TangledYamlError("anchors and aliases are not allowed", line)
        if depth > MAX_DEPTH:
            raise TangledYamlError(f"nested more than {MAX_DEPTH} deep", line)
