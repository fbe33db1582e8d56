"""The first visit over a slow network, as ``bench.first_visit`` measures it."""

from playwright.sync_api import Browser

from bench.first_visit import visits
from tests.conftest import App


def test_the_light_form_is_small_where_streamlit_loads_a_program(
    app: App, browser: Browser
) -> None:
    light, streamlit = visits(browser, app).values()
    assert light.requests <= 2  # the page and its scripts
    assert light.received <= 10_000  # with the headers
    assert streamlit.received > 100 * light.received
