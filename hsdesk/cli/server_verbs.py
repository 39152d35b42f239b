"""serve and server …: the city server. These open no desk and need no key."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec

from hsdesk.cli.answer import Announcer, Answer, Setting
from hsdesk.errors import UsageError

if TYPE_CHECKING:
    from hsdesk.city.ledger.verifying import KeptHead
    from hsdesk.city.people.staff import ListedDevice
    from hsdesk.city.running.administration import PublishedForm


def database_of(setting: Setting, options: argparse.Namespace) -> str:
    """Return the database URL: the one given, else a SQLite file in the home."""
    if options.database:
        return str(options.database)
    folder = setting.home / "server"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'city.db'}"


def serve(setting: Setting, options: argparse.Namespace) -> Answer:
    """Serve until SIGTERM; the first line is {"url", "fingerprint"}."""
    from hsdesk.city.http.limits import changed
    from hsdesk.city.http.serving import Network
    from hsdesk.city.http.serving import serve as run
    from hsdesk.city.people.authority import key_folder

    network = Network(tuple(options.trusted_proxy or ()), changed(options.limits or ()), options.log_days)
    database = database_of(setting, options)
    folder = key_folder(database, setting.home)
    run(
        database,
        options.host,
        options.port,
        options.tls_cert,
        options.tls_key,
        folder=folder,
        migrating=Announcer(setting.err),
        network=network,
    )
    return Answer({})


def server_init(setting: Setting, options: argparse.Namespace) -> Answer:
    """Prepare the database and make the city's certificate authority."""
    from hsdesk.city.people.authority import key_folder
    from hsdesk.city.running import administration

    database = database_of(setting, options)
    folder = key_folder(database, setting.home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = administration.init(database, folder, tuple(options.hosts or ()))
    lines = [f"服务器已建好，证书指纹：{made['fingerprint']}"]
    if made["recovery_key"]:
        lines.append(f"恢复钥匙：{made['recovery_key']}。备份只有它能打开，请移到别处保存，再从这里删掉。")
    if made["signing_key"] == "plain":
        lines.append(
            "市级签名钥匙 ca.key 没有口令：把口令放进 HSDESK_CITY_PASSPHRASE 再运行一次 server init 就有了。"
        )
    return Answer(dict(made), tuple(lines))


def server_code(setting: Setting, options: argparse.Namespace) -> Answer:
    """Make a one-time enrolment code."""
    from hsdesk.city.running import administration

    issued = administration.code(
        database_of(setting, options),
        words_of(options.scope),
        options.role,
        words_of(options.classes),
        words_of(options.verbs),
    )
    return Answer(dict(issued), (f"登记码：{issued['code']}", f"有效期至：{issued['expires']}"))


def words_of(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def server_forms(setting: Setting, options: argparse.Namespace) -> Answer:
    """Publish a form to the desks, take one back, or list those that stand."""
    database = database_of(setting, options)
    match options.action:
        case "add":
            return _add_form(database, options.file, options.as_id)
        case "withdraw":
            return _withdraw_form(database, options.file, options.to)
        case "open" | "close":
            return _switch_form(database, options.file, options.level, is_open=options.action == "open")
        case _:
            return _list_forms(database)


def _add_form(database: str, file: str, as_id: str | None) -> Answer:
    from hsdesk.city.running import administration
    from hsdesk.cli.forms_verbs import given_form

    if not file:
        raise UsageError("请写明登记表文件：server forms add FILE")
    path = Path(file)
    if not path.is_file():
        raise UsageError("找不到文件 {name}。请核对文件名。", name=file)
    published = administration.add_form(database, given_form(path, as_id))
    said = f"已发布：{published['form']}({published['version']})"
    return Answer(_told(published), (said, *published["leaning"]))


def _withdraw_form(database: str, form: str, version: str) -> Answer:
    from hsdesk.city.running import administration

    if not form:
        raise UsageError("请写明登记表：server forms withdraw FORM [--to VERSION]")
    stands = administration.withdraw_form(database, form, version)
    said = f"已收回，现在用：{stands['form']}({stands['version']})。各台电脑下次数据同步时换成它。"
    return Answer(_told(stands), (said, *stands["leaning"]))


def _switch_form(database: str, form: str, level: str, *, is_open: bool) -> Answer:
    from hsdesk.city.running import administration
    from hsdesk.forms.schema import Level
    from hsdesk.forms.shipped import form_named

    if not form:
        raise UsageError("请写明登记表：server forms open FORM [--level village,…]，server forms close FORM")
    name, levels = form_named(form), words_of(level)
    if unknown := sorted(set(levels) - set(get_args(Level))):
        raise UsageError("没有“{name}”这个级别，有：village、township、county、city。", name=unknown[0])
    administration.switch_register(database, name, (levels or None) if is_open else ())
    whom = "、".join(levels) if levels else "各级"
    said = f"已打开：{form}（{whom}）" if is_open else f"已收起：{form}"
    note = f"{said}。各台电脑下次数据同步时照办；自己打开或收起过的，照自己的。"
    return Answer({"form": name, "open": is_open, "levels": list(levels)}, (note,))


def _told(published: PublishedForm) -> dict[str, object]:
    """Return the document of a form that stands now; what leans on it only where something does."""
    return {name: value for name, value in published.items() if value or name != "leaning"}


def _list_forms(database: str) -> Answer:
    from hsdesk.city.running import administration

    standing, aside = administration.forms(database)
    lines = (
        *(f"{one.form} {one.version} {_WORDS[one.word]}" for one in standing),
        *(one.reason for one in aside),
    )
    document = {"forms": msgspec.to_builtins(standing), "set_aside": msgspec.to_builtins(aside)}
    return Answer(document, lines)


_WORDS = {"city": "市里发布", "program": "程序自带"}
_WIPE = {"": "", "ordered": "清除：已下令，还没送达", "sent": "清除：已送达", "done": "清除：已执行"}
_OUT_OF_REACH = "已停用，并已下令清除。这台电脑下次联网同步时才会执行；它如果再也不联网，命令到不了它。"


def server_device(setting: Setting, options: argparse.Namespace) -> Answer:
    """List registered devices, revoke one, let one register again, or order a lost one wiped."""
    from hsdesk.city.people.authority import key_folder
    from hsdesk.city.running import administration

    database = database_of(setting, options)
    if options.action != "list" and not options.id:
        raise UsageError(f"请写明设备编号：server device {options.action} ID")
    if options.action == "release":
        issued = administration.release(database, options.id)
        lines = (f"只给这台电脑用的登记码：{issued['code']}", f"有效期至：{issued['expires']}")
        return Answer({"device": options.id, **issued}, lines)
    if options.action == "revoke":
        administration.revoke(database, options.id)
    elif options.action == "wipe":
        administration.wipe(database, options.id, key_folder(database, setting.home))
    listed = administration.devices(database)
    said = (_OUT_OF_REACH,) if options.action == "wipe" else ()
    document: dict[str, object] = {"devices": [dict(device) for device in listed]}
    return Answer(document | ({"note": said[0]} if said else {}), (*said, *map(_device_line, listed)))


def _device_line(device: ListedDevice) -> str:
    state = "已停用" if device["revoked"] else "在用"
    seen = f"最近联系 {device['seen'] or '没有'}，收到改动 {device['last_seq']} 条"
    words = (device["id"], device["name"], device["role"], state, seen, _WIPE[device["wipe"]])
    return " ".join(word for word in words if word)


def server_person(setting: Setting, options: argparse.Namespace) -> Answer:
    """List who types at which computer, or call one of them otherwise."""
    from hsdesk.city.running import administration

    database = database_of(setting, options)
    if options.action == "rename":
        if not (options.name and options.number.isascii() and options.number.isdigit()):
            raise UsageError("请写明设备编号、填报人编号和新姓名：server person rename DEVICE NUMBER NAME")
        administration.rename_writer(database, options.device, int(options.number), options.name)
    found = administration.writers_of(database, options.device)
    lines = tuple(f"{one['device']} {one['number']} {one['name']}" for one in found)
    return Answer({"persons": [dict(one) for one in found]}, lines or ("还没有填报人。",))


def server_user(setting: Setting, options: argparse.Namespace) -> Answer:
    """Add or disable an official's account, or list them. The password is HSDESK_PASSPHRASE."""
    from hsdesk.city.running import administration
    from hsdesk.cli.answer import passphrase

    database = database_of(setting, options)
    if options.action != "list" and not options.name:
        raise UsageError("请写明账号名：server user add NAME --scope CODE --role county")
    if options.action == "add":
        password = passphrase()
        if password is None:
            raise UsageError("请在环境变量 HSDESK_PASSPHRASE 里给出这个账号的口令。")
        administration.add_user(
            database,
            options.name,
            password,
            options.role,
            words_of(options.scope),
            classes=words_of(options.classes),
            verbs=words_of(options.verbs),
        )
    elif options.action == "disable":
        administration.disable_user(database, options.name)
    listed = administration.users(database)
    return Answer(
        {"users": [dict(user) for user in listed]},
        tuple(f"{user['name']} {user['role']}" for user in listed) or ("还没有账号。",),
    )


def server_backup(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a consistent copy of the server's data."""
    from hsdesk.city.running import backups

    out = Path(options.out)
    database = database_of(setting, options)
    size = backups.backup(database, out)
    left = backups.key_still_there(database)
    document: dict[str, object] = {"file": str(out), "bytes": size}
    said = (f"已备份并加密：{out}（{size} 字节）",)
    if left is not None:
        note = f"恢复钥匙还在服务器上：{left}。请打印或抄下，移到别处保存，再从这里删掉。没有它打不开备份。"
        return Answer(document | {"note": note}, (*said, note))
    return Answer(document, said)


def server_restore(setting: Setting, options: argparse.Namespace) -> Answer:
    """Put a backup in place of the server's data; desks offer again what it lacks."""
    from hsdesk.city.running import backups

    key = Path(options.key) if options.key else None
    erasures = Path(options.erasures) if options.erasures else None
    again = backups.restore(database_of(setting, options), Path(options.file), key, erasures)
    said = ["已恢复。各台电脑下次同步时会补上备份之后的内容。"]
    if again:
        said.append(f"备份以后清除过的 {again} 条，已经再次清除。")
    return Answer({"file": options.file, "erased_again": again}, tuple(said))


def server_audit(setting: Setting, options: argparse.Namespace) -> Answer:
    """Verify the audit chain and the log of ops, and list what stands and would not be taken today."""
    from hsdesk.city.running import administration

    database = database_of(setting, options)
    count = administration.check_audit(database)
    entries = administration.audit_entries(database)
    found = administration.audit_problems(database, tuple(map(_kept_head, options.heads or ())))
    standing = administration.standing_breaches(database)
    document = {
        "count": count, "entries": msgspec.to_builtins(entries), "problems": msgspec.to_builtins(found),
        "standing": msgspec.to_builtins(standing),
    }  # fmt: skip
    told = f"按现在的规则不会收下的资料 {len(standing)} 处，都还在，照样可以改、可以作废。"
    named = (f"{one.place} {one.register} {one.record}：{one.reason}" for one in standing)
    said = "链条完整。" if not found else f"链条完整，但有 {len(found)} 处对不上。请保留现场，立即报告。"
    return Answer(
        document,
        (f"审计记录 {count} 条，{said}", *(one.text for one in found), told, *named),
        1 if found else 0,
    )


def _kept_head(text: str) -> KeptHead:
    from hsdesk.city.ledger.verifying import KeptHead

    number, _, sealed = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(sealed) == 64):
        raise UsageError("--head 应写作“序号:校验码”，见那台电脑上 hsdesk status 的 city_audit。")
    return KeptHead(int(number), sealed)
