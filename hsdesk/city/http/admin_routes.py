"""The routes of administration: each is decided by a verb and the places it reaches (`permission`).

Nobody sees an account or a computer outside his places. What is done is written to the audit trail with the
name of who did it. The trail itself and the backups are the whole city's.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hsdesk.city.http.openapi import Operation
from hsdesk.city.http.requests import answer, asked, number, official
from hsdesk.city.people import audit, staff, wipes, writers
from hsdesk.city.people.staff import IssuedCode, ListedDevice, ListedUser, Rights
from hsdesk.city.people.writers import ListedWriter
from hsdesk.city.running import backups, erasure_log
from hsdesk.city.running.erasure_and_transfer import ErasureAsked, RecordRemoval, RemovalResult
from hsdesk.city.running.service import Service
from hsdesk.model.clock import wall_milliseconds

_PAGE = 200  # audit entries in one answer


class NewUser(Rights, frozen=True, kw_only=True):
    """An account to make, or to give a new password and new rights."""

    name: str
    password: str


class UserName(msgspec.Struct, frozen=True):
    """An account; names of people are not written into addresses."""

    name: str


class DeviceName(msgspec.Struct, frozen=True):
    """What a computer is called in the lists."""

    name: str


class WriterName(msgspec.Struct, frozen=True):
    """What somebody who types at a computer is called."""

    device: str
    number: int
    name: str


class AuditPage(msgspec.Struct, frozen=True):
    """Entries of the trail, each proved to follow the one before it; ask again `after` the last."""

    entries: tuple[audit.AuditEntry, ...]
    after: int


class Move(msgspec.Struct, frozen=True):
    """Records to be moved, places by code or id: all, those of a register, or those that fit a predicate."""

    source: str
    target: str
    register: str = ""
    where: str = ""


class Erasure(msgspec.Struct, frozen=True):
    """A record to be erased; `fields` name single answers, none of them: all of it."""

    record: str
    reason: str
    fields: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why a request to erase is refused."""

    reason: str


class MadeBackup(msgspec.Struct, frozen=True):
    """A backup in the server's own folder."""

    file: str
    bytes: int


def _users(service: Service, request: Request, body: bytes) -> Response:
    return answer(staff.list_users(service.accounts, official(service, request, "users")))


def _add_user(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "users")
    wanted = asked(body, NewUser)
    staff.add_user(service.accounts, wanted.name, wanted.password, wanted, by)
    return answer(staff.list_users(service.accounts, by))


def _disable_user(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "users")
    service.accounts.disable(asked(body, UserName).name, by)
    return answer(staff.list_users(service.accounts, by))


def _code(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "enrol")
    return answer(staff.issue_code(service.registrar, asked(body, Rights), by))


def _devices(service: Service, request: Request, body: bytes) -> Response:
    return answer(staff.list_devices(service.devices, official(service, request, "revoke")))


def _rename(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "revoke")
    service.devices.rename(request.path_params["id"], asked(body, DeviceName).name, by)
    return answer(staff.list_devices(service.devices, by))


def _revoke(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "revoke")
    service.devices.revoke(request.path_params["id"], by)
    return answer(staff.list_devices(service.devices, by))


def _writers(service: Service, request: Request, body: bytes) -> Response:
    return answer(writers.everyone(service.database, official(service, request, "revoke")))


def _rename_writer(service: Service, request: Request, body: bytes) -> Response:
    by, wanted = official(service, request, "revoke"), asked(body, WriterName)
    writers.rename(service.database, (wanted.device, wanted.number), wanted.name, by)
    return answer(writers.everyone(service.database, by, wanted.device))


def _release(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "revoke")
    return answer(staff.release_device(service.registrar, request.path_params["id"], by))


def _wipe(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "revoke")
    wipes.order(service.database, request.path_params["id"], by, service.site.folder)
    return answer(staff.list_devices(service.devices, by))


def _audit(service: Service, request: Request, body: bytes) -> Response:
    official(service, request, "audit").reach.require("audit")
    after, limit = number(request, "after", 0, 10**15), number(request, "limit", _PAGE, _PAGE)
    entries = audit.entries(service.database, after, max(limit, 1))
    return answer(AuditPage(entries, entries[-1].n if entries else after))


def _backup(service: Service, request: Request, body: bytes) -> Response:
    by = official(service, request, "backup")
    by.reach.require("backup")
    made = backups.backup_at_home(service.site)
    with service.database.writing() as connection:
        audit.record(connection, wall_milliseconds(), by.name, "backup", file=made.name)
    return answer(MadeBackup(made.name, made.stat().st_size))


def _move(service: Service, request: Request, body: bytes) -> Response:
    by, wanted = official(service, request, "dispose"), asked(body, Move)
    source, target = (staff.place_of(place, by.reach.places) for place in (wanted.source, wanted.target))
    return answer(RecordRemoval(service.ledger, by).move(source, target, wanted.register, wanted.where))


def _erase(service: Service, request: Request, body: bytes) -> Response:
    by, wanted = official(service, request, "dispose"), asked(body, Erasure)
    done = RecordRemoval(service.ledger, by).erase(wanted.record, wanted.fields, wanted.reason)
    erasure_log.keep(service.site.database)
    return answer(done)


def _requests(service: Service, request: Request, body: bytes) -> Response:
    return answer(RecordRemoval(service.ledger, official(service, request, "dispose")).requests())


def _confirm(service: Service, request: Request, body: bytes) -> Response:
    work = RecordRemoval(service.ledger, official(service, request, "dispose"))
    done = work.confirm(request.path_params["id"])
    erasure_log.keep(service.site.database)
    return answer(done)


def _refuse(service: Service, request: Request, body: bytes) -> Response:
    work = RecordRemoval(service.ledger, official(service, request, "dispose"))
    return answer(work.refuse(request.path_params["id"], asked(body, Refusal).reason))


ADMINISTRATION: tuple[Operation, ...] = (
    Operation("GET", "/users", _users, "The accounts within the caller's places.", answer=list[ListedUser]),
    Operation("POST", "/users", _add_user, "Make an account.", NewUser, list[ListedUser]),
    Operation("POST", "/users/disable", _disable_user, "Stop an account.", UserName, list[ListedUser]),
    Operation("POST", "/codes", _code, "Give out an enrolment code.", Rights, IssuedCode),
    Operation(
        "GET", "/devices", _devices, "The computers within the caller's places.", answer=list[ListedDevice]
    ),
    Operation(
        "POST", "/devices/{id}/name", _rename, "Name a computer.", DeviceName, answer=list[ListedDevice]
    ),
    Operation("POST", "/devices/{id}/revoke", _revoke, "Stop a computer.", answer=list[ListedDevice]),
    Operation(
        "GET", "/writers", _writers, "Who types at the computers within reach.", answer=list[ListedWriter]
    ),
    Operation("POST", "/writers/name", _rename_writer, "Name a person.", WriterName, list[ListedWriter]),
    Operation(
        "POST",
        "/devices/{id}/release",
        _release,
        "Give out a code with which this computer alone may register again with a new key.",
        answer=IssuedCode,
    ),
    Operation(
        "POST",
        "/devices/{id}/wipe",
        _wipe,
        "Stop a computer, and order it wiped when it next connects.",
        answer=list[ListedDevice],
    ),
    Operation(
        "GET", "/audit", _audit, "A page of the audit trail.", answer=AuditPage, query=("after", "limit")
    ),
    Operation("POST", "/moves", _move, "Move records to another place.", Move, RemovalResult),
    Operation("POST", "/erasures", _erase, "Erase a record, or some of its answers.", Erasure, RemovalResult),
    Operation("GET", "/erasures", _requests, "The requests to erase that wait.", answer=list[ErasureAsked]),
    Operation("POST", "/erasures/{id}/confirm", _confirm, "Erase what was asked for.", answer=RemovalResult),
    Operation("POST", "/erasures/{id}/refuse", _refuse, "Refuse to erase it.", Refusal, RemovalResult),
    Operation("POST", "/backups", _backup, "Back the database up on the server.", answer=MadeBackup),
)
