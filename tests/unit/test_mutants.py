"""The report of mutation testing: what is a survivor, what is wording, what is argued."""

from tests.support.mutants import Survivor, argued, survivor, unargued
from tests.support.stages import ROOT

DIFF = """\
# policies.cooldowns.tracking.x__asymmetric__mutmut_3: survived
--- policies/cooldowns/tracking.py
+++ policies/cooldowns/tracking.py
@@ -1,5 +1,5 @@
 def _asymmetric(resource):
-    if scale_in <= scale_out:
+    if scale_in < scale_out:
         yield "…"
"""
FLIPPED = Survivor(
    "policies.cooldowns.tracking._asymmetric",
    "if scale_in <= scale_out:",
    "if scale_in < scale_out:",
)


def test_a_survivor_is_read_from_the_diff() -> None:
    """Function, old and new line; the mutant's number changes with every edit and is left out."""
    assert survivor("policies.cooldowns.tracking.x__asymmetric__mutmut_3", DIFF) == FLIPPED


def test_wording_is_no_comparison() -> None:
    """A text with XX around it or in another case is wording; a changed number or sign is not."""
    text = Survivor("f", 'yield "too long"', 'yield "XXtoo longXX"')

    assert text.is_wording
    assert Survivor("f", 'yield "a"', 'yield "A"').is_wording
    assert not FLIPPED.is_wording
    assert not Survivor("f", 'if tier != "test":', 'if tier != "XXtestXX":').is_wording
    assert not Survivor("f", "x = 1", "x = 2").is_wording


def test_arguments_and_survivors_must_match() -> None:
    """A survivor without an argument is told, and so is an argument without a survivor."""
    other = Survivor("g", "a", "b")

    assert list(unargued([FLIPPED], [FLIPPED])) == []
    (told,) = unargued([FLIPPED], [])
    assert told.startswith("survives: policies.cooldowns.tracking._asymmetric")
    (told,) = unargued([], [other])
    assert told.startswith("is dead, so needs no argument: g")


def test_arguments_name_functions_that_exist() -> None:
    """Every argued survivor is of a module of the pack, and its old line stands there."""
    for each in argued():
        parts = each.function.split(".")
        modules = [ROOT.joinpath(*parts[:end]).with_suffix(".py") for end in (2, 3, 4)]
        text = " ".join("\n".join(p.read_text() for p in modules if p.exists()).split())
        assert " ".join(each.was.split()) in text, each
