"""Streamlit's own bound is that of the rule."""

import tomllib

from accounts.uploads import load_upload_rules
from tests.conftest import ROOT


def test_both_bounds_of_a_file_are_one() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] == load_upload_rules().file_megabytes
