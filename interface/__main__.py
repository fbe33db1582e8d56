"""python -m interface: the description for machines (OpenAPI), as docs/openapi.json has it."""

import json
import sys

from interface.description import description


def written() -> str:
    """The description as a file."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
