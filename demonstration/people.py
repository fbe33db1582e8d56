"""The invented people, and the passwords that each start invents for them."""

from accounts.passwords import hash_password, random_password

PEOPLE = {
    "petugas.contoh": ("Petugas Contoh (data contoh)", "official"),
    "koordinator.contoh": ("Koordinator Contoh (data contoh)", "coordinator"),
    "koordinator2.contoh": ("Koordinator Kedua Contoh (data contoh)", "coordinator"),
    "analis.contoh": ("Analis Contoh (data contoh)", "analyst"),
    "analis2.contoh": ("Analis Kedua Contoh (data contoh)", "analyst"),
    "analis3.contoh": ("Analis Ketiga Contoh (data contoh)", "analyst"),
    "admin.contoh": ("Admin Contoh (data contoh)", "administrator"),
}


def new_passwords() -> dict[str, tuple[str, str]]:
    """A password for each of them and its hash, by user name."""
    passwords = {username: random_password() for username in PEOPLE}
    return {username: (one, hash_password(one)) for username, one in passwords.items()}
