"""The strongest test of the engine: after every random step, what was updated equals what is anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_forms import generated_form
from walking import Walk, reopened, state

from hsdesk.forms.compiler import compile_with_problems
from hsdesk.forms.problem import errors_of
from hsdesk.forms.schema import Form

CORPUS = Path(__file__).parents[1] / "corpus" / "forms"
SMALL = 60_000  # bytes; WHO VA has its own test
NEVER_THE_SAME = ("random()", "randomize(", "last-saved")


def usable(path: Path) -> Form | None:
    form, problems = compile_with_problems(path)
    text = path.read_text(encoding="utf-8")
    if form is None or errors_of(problems) or any(word in text for word in NEVER_THE_SAME):
        return None
    return form


def assert_incremental_equals_full(form: Form, seed: int, steps: int) -> None:
    walk = Walk(form, seed)
    taken: list[str] = []
    for _ in range(steps):
        taken.append(walk.step())
        ours, anew = state(walk.session), state(reopened(walk.session))
        if ours != anew:
            wrong = {
                key: (ours.get(key), anew.get(key))
                for key in ours.keys() | anew.keys()
                if ours.get(key) != anew.get(key)
            }
            pytest.fail(f"{form.form_id} seed {seed} after {taken[-6:]}: {dict(list(wrong.items())[:5])}")


SMALL_FORMS = sorted(path for path in CORPUS.glob("*.x*ml") if path.stat().st_size < SMALL)


@pytest.mark.parametrize("path", SMALL_FORMS, ids=lambda path: path.name[:60])
def test_corpus_form_updated_step_by_step_equals_the_same_form_opened_anew(path: Path) -> None:
    form = usable(path)
    if form is None:
        pytest.skip("outside the subset, or never the same twice")
    assert_incremental_equals_full(form, seed=1, steps=25)


def test_who_va_updated_step_by_step_equals_who_va_opened_anew() -> None:
    form = usable(CORPUS / "javarosa__jmh_resources_whova_form.xml")
    assert form is not None
    assert_incremental_equals_full(form, seed=2, steps=40)


@pytest.mark.parametrize("seed", range(40))
def test_generated_form_updated_step_by_step_equals_the_same_form_opened_anew(seed: int) -> None:
    assert_incremental_equals_full(generated_form(seed), seed, steps=30)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
def test_ten_thousand_random_steps_over_generated_forms_leave_no_difference(seed: int) -> None:
    assert_incremental_equals_full(generated_form(1000 + seed), seed, steps=100)


@pytest.mark.long
@pytest.mark.parametrize("path", SMALL_FORMS, ids=lambda path: path.name[:60])
def test_long_walks_over_corpus_forms_leave_no_difference(path: Path) -> None:
    form = usable(path)
    if form is None:
        pytest.skip("outside the subset, or never the same twice")
    assert_incremental_equals_full(form, seed=7, steps=200)


@pytest.mark.parametrize("seed", range(10))
def test_giving_up_every_step_brings_back_the_first_state(seed: int) -> None:
    walk = Walk(generated_form(seed), seed)
    first = state(walk.session)
    for _ in range(25):
        walk.step()
    while walk.steps:
        walk.give_up()
    assert state(walk.session) == first
