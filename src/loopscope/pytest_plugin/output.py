"""What a test prints and logs: of all its runs, pytest is to show the last one's."""

from typing import Any

import pytest


def forget_output(item: pytest.Item) -> None:
    """Forget what earlier runs of a test printed and logged, in the phase that goes on."""
    plugins = item.config.pluginmanager
    capture: Any = plugins.getplugin("capturemanager")
    if capture is not None:
        capture.read_global_capture()
    logging: Any = plugins.getplugin("logging-plugin")
    if logging is not None:
        logging.caplog_handler.clear()
        logging.report_handler.clear()
