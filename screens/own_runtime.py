"""Streamlit's application, which serves components of ours alone.

Streamlit would read at each start what every installed package says of itself, and serve what
any of them calls a component of its pages.
"""

from streamlit import config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.starlette import App
from streamlit.web.cache_storage_manager_config import create_default_cache_storage_manager
from streamlit.web.server.starlette.starlette_routes import (
    BASE_ROUTE_MEDIA,
    BASE_ROUTE_UPLOAD_FILE,
)


class OwnComponents(BidiComponentManager):
    """The components that our screens declare themselves."""

    def discover_and_register_components(self, *, start_file_watching: bool = True) -> None:
        """Looks for none in other packages."""


class ScreensApp(App):
    """As Streamlit's, but for the components."""

    def _create_runtime(self) -> Runtime:
        return Runtime(
            RuntimeConfig(
                script_path=str(self._resolve_script_path()),
                media_file_storage=MemoryMediaFileStorage(f"/{BASE_ROUTE_MEDIA}"),
                uploaded_file_manager=MemoryUploadedFileManager(f"/{BASE_ROUTE_UPLOAD_FILE}"),
                cache_storage_manager=create_default_cache_storage_manager(),
                bidi_component_registry=OwnComponents(),
                session_storage=MemorySessionStorage(
                    ttl_seconds=config.get_option("server.disconnectedSessionTTL")
                ),
                on_script_error=self._on_script_error,
            )
        )
