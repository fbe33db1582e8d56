"""The command line of the database, for its owner.

python -m models   the newest shape and, on PostgreSQL, the rights of the other roles
"""

import sys

from sqlalchemy import make_url

from models import UNUSABLE, migrate
from models.rights import give_rights
from models.settings import database_url


def main() -> int:
    """Migrates the database at DATABASE_URL. Returns 0, or 2 with a line that says why not."""
    try:
        migrate(database_url())
        if make_url(database_url()).get_backend_name() == "postgresql":
            give_rights(database_url())
    except UNUSABLE as error:
        print(f"database: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
