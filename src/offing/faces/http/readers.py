"""Who may read: tokens of a file, each with the role that release rules know its reader by."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from offing.errors import BadPaper, MissingInput
from offing.faces.http.problems import Refused
from offing.model.sharing import PARTNER_ID

OWNER = "owner"
"""The role that sees all."""

COOKIE = "offing_token"
LEAST = 20
"""Characters of a token, at least."""

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Readers:
    """Roles by the SHA-256 of their tokens. Without any, whoever reaches the server is the owner."""

    roles: dict[str, str]
    without_token: str = OWNER  # role of a reader who shows none; empty: refused

    def role_of(self, token: str | None) -> str | None:
        """The role of a token; None: the owner. Raises `Refused` (401) for a token that is not known, or none where one is due.

        All tokens are compared, so that the time taken tells nothing.
        """
        if token is None:
            role = self.without_token
        else:
            shown, role = hashlib.sha256(token.encode()).hexdigest(), ""
            for digest, named in self.roles.items():
                if hmac.compare_digest(digest, shown):
                    role = named
        if not role:
            said = "This token is not known here." if token is not None else "A token is needed here."
            raise Refused(
                401, "no-token", said, "Send it as `Authorization: Bearer TOKEN`, or open the page once with ?token=TOKEN.",
                WWW_Authenticate='Bearer realm="offing"',
            )  # fmt: skip
        return None if role == OWNER else role


ANYBODY = Readers({})


def read_tokens(path: Path) -> Readers:
    """The readers of a TOML file: `[[readers]]` with `role` and `token` or `token_sha256`; `without_token = "ROLE"`.

    Raises `MissingInput` or `BadPaper`, which never tell a token.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingInput(f"{path} cannot be read: {error.strerror}.", "Check the name.", path=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise BadPaper(f"{path} is not TOML.", "Write [[readers]] with role and token_sha256.") from None
    entries = table.get("readers", [])
    if set(table) - {"readers", "without_token"} or not isinstance(entries, list) or not entries:
        raise BadPaper(
            f"{path} holds no [[readers]], or something else besides.", "Write [[readers]] with role and token_sha256."
        )
    roles: dict[str, str] = {}
    for n, entry in enumerate(entries, 1):
        digest, role = _entry(entry, f"{path}, reader {n}")
        if digest in roles:
            raise BadPaper(f"{path}, reader {n}: this token stands twice.", "Give each reader a token of its own.")
        roles[digest] = role
    without = table.get("without_token", "")
    return Readers(roles, _role(without, str(path)) if without else "")


def _entry(entry: object, where: str) -> tuple[str, str]:
    if not isinstance(entry, dict) or set(entry) - {"role", "token", "token_sha256", "name"}:
        raise BadPaper(f"{where}: an entry has role, and token or token_sha256.", "Leave out the rest.")
    token, digest = entry.get("token"), entry.get("token_sha256")
    if isinstance(token, str) and digest is None:
        if len(token) < LEAST:
            raise BadPaper(f"{where}: its token is shorter than {LEAST} characters.", "`openssl rand -hex 32` makes one.")
        digest = hashlib.sha256(token.encode()).hexdigest()
    elif not isinstance(digest, str) or token is not None or not _HASH.fullmatch(digest):
        raise BadPaper(f"{where}: it needs either token or token_sha256 (64 hex digits).", "`sha256sum` makes the latter.")
    return digest, _role(entry.get("role"), where)


def _role(value: object, where: str) -> str:
    if not isinstance(value, str) or not PARTNER_ID.fullmatch(value):
        raise BadPaper(f"{where}: {value!r} is no role.", f"Write {OWNER}, or an id as release rules name it.")
    return value
