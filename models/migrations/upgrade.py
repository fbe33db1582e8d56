"""Running the migrations, by Alembic."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from models import migrations
from models.engine import WrongShape


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Runs all missing migrations. Raises WrongShape for a database that is ahead of them."""
    try:
        command.upgrade(alembic_config(url), "head")
    except CommandError as error:
        raise WrongShape(
            f"This program does not know the shape of the database ({error}). A newer program"
            " has made it: start that one, or name another database."
        ) from error
