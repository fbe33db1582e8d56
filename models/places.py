"""Who serves the public: institutions, their units, the units' services and counters."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Key, Name, Word, now, one_of

KINDS = ("province", "district", "city", "ministry", "agency")
TIMEZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


class Institution(Base):
    """A ministry, agency, province, district or city; the latter two know their province."""

    __tablename__ = "institutions"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("timezone", TIMEZONES),
        CheckConstraint(
            "(kind IN ('district', 'city')) = (province_id IS NOT NULL)", name="province"
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    kind: Mapped[Word]
    timezone: Mapped[Word]
    province_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    demonstration: Mapped[bool]

    province: Mapped["Institution | None"] = relationship(remote_side="Institution.id")
    units: Mapped[list["Unit"]] = relationship(back_populates="institution")

    def day_of(self, moment: datetime) -> date:
        """The day that a moment belongs to where the institution is."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def today(self) -> date:
        """The day that it is now where the institution is."""
        return self.day_of(now())


class Unit(Base):
    """An office that serves the public; its code stands in the citizens' link.

    It stays with its institution for good: one that moves ends, and another succeeds it.
    """

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("institution_id", "id"),)

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    # Whether whoever has the link may rate, or only who holds a visit token or a kiosk.
    open_link: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Its first day, None: before there were records; and the first day on which it is no more.
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    institution: Mapped[Institution] = relationship(back_populates="units")
    services: Mapped[list["Service"]] = relationship(back_populates="unit")
    counters: Mapped[list["Counter"]] = relationship(back_populates="unit")

    def stands_on(self, day: date) -> bool:
        """Whether there is the unit on a day."""
        opened = self.opened_on is None or self.opened_on <= day
        return opened and (self.closed_on is None or day < self.closed_on)


class Service(Base):
    """One of the services that a unit gives, or gave before ``closed_on``."""

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("unit_id", "id"), UniqueConstraint("unit_id", "code"))

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[Code]
    name: Mapped[Name]
    closed_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship(back_populates="services")


class Counter(Base):
    """One of the places in a unit where visitors are served."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[Code]
    name: Mapped[Name]
    closed_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship(back_populates="counters")
