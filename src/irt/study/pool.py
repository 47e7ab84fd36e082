"""A pool: stock of one sponsor that several studies may reserve kits from, each kit for one study alone."""

from pydantic import Field

from irt.study.part import Code, Part


class ServedStudy(Part):
    """A study that kits may be reserved for, and what the kit types it may see are called there."""

    protocol: Code
    kit_types: dict[Code, Code] = Field(min_length=1, description="the pool's kit type -> the study's")
