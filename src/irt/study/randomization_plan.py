"""How subjects are randomized: settings only; the procedures live in irt.randomization. Restricted part."""

from typing import Annotated, Literal

from pydantic import Field

from irt.study.part import Code, Part, Ratio


class PermutedBlocks(Part):
    """Stratified permuted blocks; of several sizes, each block's is drawn in proportion to its weight."""

    method: Literal["permuted_block"]
    block_sizes: tuple[int, ...] = Field(min_length=1, description="subjects in a block")
    size_weights: tuple[int, ...] = Field(default=(), description="one a size; equal where empty")
    strata: tuple[Code, ...] = Field(default=(), description="factors; empty for one list")


class WeightedFactor(Part):
    """A factor that minimization balances, and how much it counts."""

    factor: Code
    weight: Ratio = Field(default=1, validate_default=True)


class Minimization(Part):
    """Pocock and Simon 1975: prefer the arm that leaves the smallest weighted imbalance over the margins."""

    method: Literal["minimization"]
    factors: tuple[WeightedFactor, ...] = Field(min_length=1)
    distance: Literal["range", "variance", "sd", "sum"] = "range"
    probability: Ratio = Field(description="chance of the preferred arm; 1 is deterministic and warned of")
    ties: Literal["shared", "random_rank"] = "shared"
    imbalance_of: Literal["(n+1)/r", "n/r+1"] = Field(default="(n+1)/r", description="with unequal ratios")


class Component(Part):
    """One treatment factor of a factorial design: its levels group the arms."""

    name: str
    groups: dict[str, tuple[Code, ...]] = Field(min_length=2, description="level -> arms that have it")
    ratio: dict[str, int] = Field(description="level -> share")
    minimization: Minimization


class Factorial(Part):
    """Several treatment factors, each minimized by itself; the arm is their combination."""

    method: Literal["factorial"]
    components: tuple[Component, ...] = Field(min_length=2)


class Agent(Part):
    """An agent of a platform study: its active arm and its matched placebo arm."""

    code: Code
    active: Code
    placebo: Code


class Platform(Part):
    """Two-step draw over the m agents a subject is eligible for: active m to 1, then the agent, each 1/m."""

    method: Literal["platform"]
    agents: tuple[Agent, ...] = Field(min_length=1)


class OpenCohort(Part):
    """No draw: the subject joins the cohort that is open."""

    method: Literal["open_cohort"]


RandomizationPlan = Annotated[
    PermutedBlocks | Minimization | Factorial | Platform | OpenCohort, Field(discriminator="method")
]
