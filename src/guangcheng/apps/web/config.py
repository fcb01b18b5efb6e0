"""``web.toml`` of a city's folder: how its server is reached and what it is connected to. All of it may be left out."""

import os
import secrets
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guangcheng.base.errors import InputError, Where
from guangcheng.base.text import Text

WEB_NAME = "web.toml"
SECRET_NAME = "secret.key"  # noqa: S105 - the name of a file
LEDGER_KEY_NAME = "ledger.key"
DATABASE_NAME = "ledger.sqlite"


class Oidc(BaseModel):
    """Sign-in by an identity service (OpenID Connect); its secret comes from ``GUANGCHENG_OIDC_SECRET``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str = Field(description="在统一身份认证登记的编号 | id registered with the identity service")
    authorization_endpoint: str = Field(description="登录页地址 | address of its sign-in page")
    token_endpoint: str = Field(description="令牌地址 | address of its tokens")
    user_endpoint: str = Field(description="用户信息地址 | address of its user information")
    jwks_endpoint: str = Field(description="公钥地址 | address of its public keys")
    sign_algorithm: str = Field(default="RS256", description="签名算法 | how its tokens are signed")


class Mail(BaseModel):
    """Reminders by e-mail; the password comes from ``GUANGCHENG_MAIL_PASSWORD``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(description="发信服务器 | mail server")
    port: int = Field(default=465, description="端口 | port")
    user: str = Field(default="", description="发信账号 | account")
    sender: str = Field(description="发件人地址 | sender's address")
    ssl: bool = Field(default=True, description="用 SSL | by SSL")


class WebConfig(BaseModel):
    """What ``web.toml`` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = Field(
        default="",
        description="PostgreSQL 连接串；不写则用城市文件夹里的 SQLite | PostgreSQL URL; SQLite when left out",
    )
    hosts: tuple[str, ...] = Field(
        default=("localhost", "127.0.0.1", "[::1]"), description="浏览器用的主机名 | host names browsers use"
    )
    https: bool = Field(default=False, description="前面有 HTTPS | browsers come by HTTPS")
    proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="前面有几层反向代理 | reverse proxies in front, whose X-Forwarded-For is believed",
    )
    objection_days: int = Field(
        default=5, ge=1, le=60, description="公示异议期，工作日（产品默认） | objection window, working days"
    )
    base_map: str = Field(default="", description="底图（须是经审核的服务） | base map: a reviewed service")
    base_map_number: str = Field(default="", description="审图号 | the map's review number")
    oidc: Oidc | None = None
    mail: Mail | None = None


def web_config(folder: Path) -> WebConfig:
    """The settings of a city's server; ``InputError`` names what is wrong in the file."""
    path = folder / WEB_NAME
    if not path.is_file():
        return WebConfig()
    try:
        return WebConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as fault:
        raise InputError(
            Text(f"{WEB_NAME} 读不懂：{fault}", f"{WEB_NAME} cannot be used: {fault}"),
            mend=Text("照文档 web.toml 一节改正", "mend it after the page on web.toml"),
            where=Where(file=str(path)),
        ) from fault


def key_of(folder: Path, name: str) -> bytes:
    """A secret of 32 bytes kept beside the city's data, made at first use, readable by its owner only."""
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    key = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key
