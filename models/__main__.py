"""The command line of the database, for its owner.

python -m models   the newest shape and, on PostgreSQL, the rights of the other roles
"""

import sys

from sqlalchemy import make_url

from models import UNUSABLE
from models.faults import told
from models.named import named_database
from models.rights import give_rights


def main() -> int:
    """Migrates the database at DATABASE_URL. Returns 0, or 2 with a line that says why not."""
    try:
        url = named_database(create=True)
        if make_url(url).get_backend_name() == "postgresql":
            give_rights(url)
    except UNUSABLE as error:
        print(f"database: {told(error)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
