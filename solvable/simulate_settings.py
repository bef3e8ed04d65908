"""What `solvable simulate` is asked to do, read from its options and checked before any work begins."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solvable.plot_file import draw, plot_file

if TYPE_CHECKING:
    from numerics.simulation import Design, Simulation

MAX_DRAWS, MAX_JOBS = 1_000_000, 1024
PICTURE = "simulation"  # the name of a figure put into a folder


@dataclass(frozen=True)
class Settings:
    """`design` is how a draw is made; the rest is how many, where, and what becomes of them."""

    draws: int
    seed: int
    design: "Design"
    jobs: int | str
    store: str | None
    scheduler: str | None
    export: str | None
    plot: str | None
    extrapolate: bool

    @classmethod
    def read(
        cls, *, draws: str, seed: str, latent: str, features: str, activation: str, device: str, precision: str,
        jobs: str, store: str | None, scheduler: str | None, export: str | None, plot: str | None, extrapolate: bool,
    ) -> "Settings":  # fmt: skip
        """From the options' texts. Raises InvalidInput, naming the option."""
        from solvable import values

        settings = cls(
            values.one_size("--draws", draws, MAX_DRAWS),
            values.one_size("--seed", seed, smallest=0),
            _design(latent, features, activation, device, precision),
            jobs if jobs == "auto" else _processes(jobs),
            store,
            scheduler,
            export,
            plot,
            extrapolate,
        )
        settings._check()
        return settings

    def _check(self) -> None:
        """Raises InvalidInput for what cannot be done, before the work begins."""
        from theory.errors import InvalidInput

        if self.extrapolate and not self.design.linear:
            raise InvalidInput("--extrapolate", "on", f"no --extrapolate beside --activation {self.design.activation}")
        if self.scheduler is not None:
            from numerics.simulation.distributed import check_scheduler

            check_scheduler(self.scheduler, "--scheduler")
            if self.jobs != "auto" and self.scheduler != "local":
                raise InvalidInput("--jobs", self.jobs, f"no --jobs beside --scheduler {self.scheduler}")
        if self.export is not None:
            from numerics.simulation.export import check_export

            check_export(self.export, "--export")
            if self.store is not None and os.path.realpath(self.export) == os.path.realpath(self.store):
                raise InvalidInput("--export", self.export, "another file than the --store")
        if self.plot is not None:
            plot_file(self.plot, PICTURE)

    def draw_figure(self, simulations: "list[Simulation]") -> None:
        """The learning curve as .png and .pdf."""
        from numerics.simulation.curve_plot import learning_curve

        assert self.plot is not None
        draw(learning_curve(simulations, activation=self.design.activation), plot_file(self.plot, PICTURE))


def _processes(text: str) -> int:
    from solvable import values
    from theory.errors import InvalidInput

    try:
        return values.one_size("--jobs", text, MAX_JOBS)
    except InvalidInput as error:
        raise InvalidInput("--jobs", text, f"{error.allowed}, or auto") from None


def _design(latent: str, features: str, activation: str, device: str, precision: str) -> "Design":
    from numerics.activations import ACTIVATIONS
    from numerics.simulation import Design, Law
    from numerics.simulation.device import check_device
    from theory.errors import InvalidInput

    laws = Law.parse("--latent", latent), Law.parse("--features", features, matrix=True)
    if activation not in ACTIVATIONS:
        raise InvalidInput("--activation", activation, "one of " + ", ".join(ACTIVATIONS))
    try:
        check_device(device, precision)
    except InvalidInput as error:
        raise InvalidInput(f"--{error.name}", error.value, error.allowed) from None
    if (device != "cpu" or precision != "float64") and not all(law.gaussian for law in laws):
        raise InvalidInput("--device", device, "cpu with float64 for entries that are not Gaussian")
    design = Design(*laws, device, precision, activation)
    if not design.linear and not design.latent.gaussian:
        raise InvalidInput("--latent", latent, f"gaussian with --activation {activation}")
    if not design.linear and (device != "cpu" or precision != "float64"):
        raise InvalidInput("--device", device, f"cpu with float64 for --activation {activation}")
    return design
