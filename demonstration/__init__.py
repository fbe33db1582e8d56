"""The invented district and nation; read by app and bench only."""

from dataclasses import dataclass

CITIZEN_PATH, CITIZEN_SCREEN = "/s/contoh", "/nilai?unit=contoh"


@dataclass(frozen=True)
class Demonstration:
    """What the operator is told once: role, user name and password of each log-in."""

    log_ins: list[tuple[str, str, str]]

    @property
    def lines(self) -> list[str]:
        """How the operator is told, a line each."""
        return [f"  {role:14} {name:20} {password}" for role, name, password in self.log_ins]
