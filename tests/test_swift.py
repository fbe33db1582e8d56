from tests.swift import swift_place


def test_without_room_in_memory_the_usual_place_is_taken() -> None:
    assert swift_place(room=2**80) is None
