"""SANDBOX_VCPU: what is taken, and how the rest is refused."""

import pytest

from sandbox import vcpu
from sandbox.errors import WrongUseError


@pytest.mark.parametrize(
    ("given", "share"), [(None, 0.1), ("", 0.1), ("0.01", 0.01), ("1", 1.0), ("4", 4.0)]
)
def test_a_share_of_a_core_is_taken(
    given: str | None, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a hundredth of a core to four; unset or empty is a tenth."""
    monkeypatch.delenv("SANDBOX_VCPU", raising=False)
    if given is not None:
        monkeypatch.setenv("SANDBOX_VCPU", given)
    assert vcpu.asked() == share


@pytest.mark.parametrize("given", ["0", "0.009", "4.1", "-1", "nan", "inf", "half"])
def test_a_share_that_no_machine_has_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the setting, its value, its range, what it means and its default."""
    monkeypatch.setenv("SANDBOX_VCPU", given)
    with pytest.raises(WrongUseError) as refused:
        vcpu.asked()
    assert str(refused.value) == (
        f"SANDBOX_VCPU is {given!r}; allowed is a number from 0.01 to 4: of one core of this "
        "machine, what 1,024 CPU units are. Unset it for the default, 0.1."
    )
