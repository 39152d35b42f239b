"""The forms that come with the program, as lists show them."""

from __future__ import annotations

from collections.abc import Container

from hsdesk.desk.values import FormInfo
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import every_form, index


def form_info(form: Form, *, count: int = 0, on: bool | None = None, writable: bool = True) -> FormInfo:
    """Return a form as lists show it; number, title and group of shipped forms come from the index.

    `on`: what person or city said of it, None for neither. One that is off by default is open where it is.
    """
    shipped = index().get(form.form_id)
    return FormInfo(
        form_id=form.form_id,
        number=shipped.number if shipped else form.number,
        title=form.title or (shipped.title if shipped else form.form_id),
        version=form.version,
        group=shipped.group if shipped else "其他",
        open=on if on is not None else bool(not shipped or shipped.open or shipped.is_off),
        cls=form.cls,
        levels=form.levels,
        kind=form.kind,
        writable=writable,
        count=count,
    )


def switched_off(installed: Container[str]) -> tuple[FormInfo, ...]:
    """Return the shipped forms that are off, told from the index alone: none of them is read.

    `installed`: the forms that are there.
    """
    return tuple(
        FormInfo(
            form_id=one.form_id,
            number=one.number,
            title=one.title,
            version="",
            group=one.group,
            open=False,
            cls=one.cls,
            levels=one.levels,
            kind="register",
            writable=True,
        )
        for one in index().values()
        if one.is_off and one.form_id not in installed
    )


def form_infos() -> tuple[FormInfo, ...]:
    """Return every shipped form as a new desk has them."""
    return tuple(form_info(form, on=False if index()[form.form_id].is_off else None) for form in every_form())
