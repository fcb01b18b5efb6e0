"""Sends e-mail as ``web.toml`` says."""

from django.conf import settings
from django.core.mail import send_mail

from guangcheng.base.errors import Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform.mail import Send

__all__ = ["sender"]


def sender() -> Send | None:
    """Sends mail as ``web.toml`` says; ``None`` without that setting."""
    if settings.WEB.mail is None:
        return None

    def send(to: str, subject: Text, body: Text) -> None:
        try:
            send_mail(f"{subject.zh} · {subject.en}", f"{body.zh}\n{body.en}\n", None, [to])
        except OSError as fault:  # smtplib's errors are such too
            raise Refused(
                Text(f"邮件没有发出：{fault}", f"the mail was not sent: {fault}"),
                mend=Text(
                    "提醒已在系统里；检查 web.toml 的 [mail]，再生成一次",
                    "it stands in the app; mend [mail] in web.toml, run again",
                ),
            ) from fault

    return send
