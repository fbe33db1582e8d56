import gc

import pytest

from analysis.collecting import collecting_paused


def test_the_search_goes_on_when_the_last_one_ends() -> None:
    first, second = collecting_paused(), collecting_paused()
    first.__enter__()
    second.__enter__()
    assert not gc.isenabled()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_it_goes_on_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), collecting_paused():
        assert 1 / 0
    assert gc.isenabled()


def test_where_there_was_none_there_is_none_after() -> None:
    gc.disable()
    try:
        with collecting_paused(), collecting_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
