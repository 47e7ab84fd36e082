"""How subjects are randomized: settings only; the procedures live in irt.randomization. Restricted part."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from irt.study.part import Code, Part, Ratio

Justification = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
"""Why no chance is left at an allocation; signed with the version (ICH E9 2.3.2)."""


LEARNING = ("play_the_winner", "doubly_adaptive", "thompson", "three_plus_three", "boin")
"""Methods whose chances hang on responses."""


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
    probability: Ratio = Field(description="chance of the preferred arm; 1 is deterministic")
    ties: Literal["shared", "random_rank"] = "shared"
    imbalance_of: Literal["(n+1)/r", "n/r+1"] = Field(default="(n+1)/r", description="with unequal ratios")
    deterministic_justification: Justification | None = Field(
        default=None, description="signed with the version; needed with a probability of 1"
    )


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


class ForcedRandomization(Part):
    """Where kits of some arms are missing, randomize among the others instead of refusing.

    Subject and site see nothing of it; the independent statistician is told of each.
    """

    subjects_max: int = Field(ge=1, description="in the whole study")
    reason: Justification = Field(description="why the study accepts it; signed with the version")


Restricted = Literal[
    "complete",
    "random_allocation",
    "truncated_binomial",
    "efron",
    "adjustable_biased_coin",
    "generalized_biased_coin",
    "wei_urn",
    "big_stick",
    "chen",
    "block_urn",
    "brick_tunnel",
    "maximal",
    "mass_weighted_urn",
    "max_entropy",
]
"""Methods of the catalogue that look at nothing but the arms given, permuted blocks apart."""


class OtherDesign(Part):
    """Any other method of the catalogue of designs: its name and params are those of a design file.

    Arms and ratio are those of the study. In each stratum the method starts anew and remembers its own subjects.
    """

    method: Literal[
        Restricted,
        "biased_coin_minimization",
        "hu_hu",
        "atkinson_da",
        "play_the_winner",
        "doubly_adaptive",
        "thompson",
        "three_plus_three",
        "boin",
    ]
    params: dict[str, Any] = Field(default={}, description="as in a design file")
    factors: tuple[WeightedFactor, ...] = Field(default=(), description="where the method balances factors")
    strata: tuple[Code, ...] = Field(default=(), description="factors; empty where all subjects are together")
    planned_subjects: int | None = Field(
        default=None, ge=1, description="in each stratum, for methods that must know"
    )
    eligibility: bool = Field(default=False, description="open studies: the site says which arms a subject may get")
    deterministic_justification: Justification | None = Field(
        default=None, description="signed with the version; needed where p or eta is 1"
    )

    @property
    def learns(self) -> bool:
        """Whether chances hang on the responses of earlier subjects."""
        return self.method in LEARNING


class Listed(Part):
    """The next position of a list that two people approved before the first subject: drawn here, or imported.

    `list_method` and `params` say how the list is made, and what an imported one is held against.
    """

    method: Literal["listed"]
    list_method: Literal[Restricted, "permuted_block"] = "permuted_block"
    params: dict[str, Any] = Field(default={}, description="as in a design file")
    strata: tuple[Code, ...] = Field(default=(), description="factors; empty for one list")
    positions: int = Field(ge=1, description="planned in each stratum; a shorter list is refused")


class LaterRandomization(Part):
    """A further randomization of subjects on treatment, as to maintenance after induction.

    Its arms are drawn there alone; the first randomization is among all others.
    """

    arms: tuple[Code, ...] = Field(min_length=2)
    after_days: int = Field(ge=1, description="at the earliest, from the randomization before")
    design: OtherDesign


RandomizationPlan = Annotated[
    PermutedBlocks | Minimization | Factorial | Platform | OpenCohort | OtherDesign | Listed,
    Field(discriminator="method"),
]
