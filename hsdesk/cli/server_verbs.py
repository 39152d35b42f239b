"""serve and server …: the city server. These open no desk and need no key."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.errors import UsageError


def _database(setting: Setting, options: argparse.Namespace) -> str:
    """Return the database URL: the one given, else a SQLite file in the home."""
    if options.database:
        return str(options.database)
    folder = setting.home / "server"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'city.db'}"


def serve(setting: Setting, options: argparse.Namespace) -> Answer:
    """Serve until SIGTERM; the first line is {"url", "fingerprint"}."""
    from hsdesk.server.serving import serve as run

    run(_database(setting, options), options.host, options.port, options.tls_cert, options.tls_key)
    return Answer({})


def server_init(setting: Setting, options: argparse.Namespace) -> Answer:
    """Prepare the database and make the city's certificate authority."""
    from hsdesk.server import admin

    database = _database(setting, options)
    folder = admin.key_folder(database, setting.home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = admin.init(database, folder)
    return Answer(dict(made), (f"服务器已建好，证书指纹：{made['fingerprint']}",))


def server_code(setting: Setting, options: argparse.Namespace) -> Answer:
    """Make a one-time enrolment code."""
    from hsdesk.server import admin

    issued = admin.code(
        _database(setting, options),
        _listed(options.scope),
        options.role,
        _listed(options.classes),
    )
    return Answer(dict(issued), (f"登记码：{issued['code']}", f"有效期至：{issued['expires']}"))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def server_forms(setting: Setting, options: argparse.Namespace) -> Answer:
    """Publish a form to the desks."""
    from hsdesk.forms.compiler import compile_file
    from hsdesk.server import admin

    if not options.file:
        raise UsageError("请写明登记表文件：server forms add FILE")
    path = Path(options.file)
    if not path.is_file():
        raise UsageError("找不到文件 {name}。请核对文件名。", name=options.file)
    published = admin.add_form(_database(setting, options), compile_file(path))
    return Answer(dict(published), (f"已发布：{published['form']}({published['version']})",))


def server_device(setting: Setting, options: argparse.Namespace) -> Answer:
    """List registered devices, or revoke one."""
    from hsdesk.server import admin

    database = _database(setting, options)
    if options.action == "revoke":
        if not options.id:
            raise UsageError("请写明设备编号：server device revoke ID")
        admin.revoke(database, options.id)
    listed = admin.devices(database)
    return Answer(
        {"devices": [dict(device) for device in listed]},
        tuple(
            f"{device['id']} {device['name']} {device['role']} {'已停用' if device['revoked'] else '在用'}"
            for device in listed
        ),
    )


def server_audit(setting: Setting, options: argparse.Namespace) -> Answer:
    """Verify the audit chain and list its entries."""
    from hsdesk.server import admin

    database = _database(setting, options)
    count = admin.check_audit(database)
    entries = admin.audit_entries(database)
    return Answer(
        {"count": count, "entries": msgspec.to_builtins(entries)},
        (f"审计记录 {count} 条，链条完整。",),
    )
