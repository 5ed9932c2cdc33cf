"""The service: its container, its size, its health."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from infra.capacity import FARGATE_MEMORY_MIB, detection_time, time_to_healthy
from infra.settings.problems import Finding, RefusalError, refuse
from infra.settings.section import MiB, Percent, Says, Seconds, Section, Several, Unit
from infra.settings.words import HealthPath, SecretArn, Text, VariableName

# Evenkeel sets these itself in every container.
INJECTED = ("DB_POOL_SIZE", "PORT", "STAGE", "WEB_CONCURRENCY")
CODES_SAYS = "codes and ranges within 200-499, such as 200-399 or 200,204"


def _codes(value: str) -> str:
    # HTTP matcher of a target group: 200 to 499 (ELB API, Matcher).
    if not re.fullmatch(r"[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*", value):
        raise RefusalError(Finding(CODES_SAYS, "write three-digit codes"))
    for part in value.split(","):
        low, _, high = part.partition("-")
        if not 200 <= int(low) <= int(high or low) <= 499:
            raise RefusalError(Finding(CODES_SAYS, f"correct {part}"))
    return value


SuccessCodes = Annotated[str, AfterValidator(_codes), Says(CODES_SAYS)]


class HealthCheck(Section):
    """The load balancer's check of a task; ranges: ELB API, CreateTargetGroup."""

    path: HealthPath = Field("/health", description="Path that answers when the task is ready.")
    interval_seconds: Seconds = Field(30, ge=5, le=300, description="Time between two checks.")
    timeout_seconds: Seconds = Field(
        5, ge=2, le=120, description="Time to wait for an answer; less than the interval."
    )
    healthy_threshold: Annotated[int, Unit("checks")] = Field(
        2, ge=2, le=10, description="Good checks in a row until a task gets traffic."
    )
    unhealthy_threshold: Annotated[int, Unit("checks")] = Field(
        2, ge=2, le=10, description="Bad checks in a row until a task is replaced."
    )
    success_codes: SuccessCodes = Field("200-399", description="HTTP codes that count as healthy.")

    @field_validator("timeout_seconds")
    @classmethod
    def _below_interval(cls, value: int, info: ValidationInfo) -> int:
        interval = info.data.get("interval_seconds")
        if interval is not None and value >= interval:
            raise RefusalError(
                Finding(
                    f"less than intervalSeconds, which is {interval}",
                    "lower timeoutSeconds or raise intervalSeconds",
                )
            )
        return value


class Workers(Section):
    """The process manager inside the container."""

    count: Annotated[int, Unit("processes")] = Field(
        1, ge=1, le=1000, description="Worker processes of a task; injected as WEB_CONCURRENCY."
    )
    memory_mib: MiB = Field(
        256, ge=1, le=122880, alias="memoryMiB", description="Memory of one worker at full load."
    )


class Service(Section):
    """The one ECS service of the stage."""

    image: Annotated[
        Text, Says("an image reference, such as registry.example.com/web@sha256:…")
    ] = Field(description="Image of the service; by digest in every tier but test.")
    port: Annotated[int, Unit("port")] = Field(
        ge=1, le=65535, description="Port that the container listens on; injected as PORT."
    )
    cpu: Annotated[Literal[256, 512, 1024, 2048, 4096, 8192, 16384], Unit("CPU units")] = Field(
        512, description="CPU of a task; 1024 units are one vCPU."
    )
    memory: MiB = Field(
        1024, ge=512, le=122880, description="Memory of a task; a size that Fargate has for cpu."
    )
    command: Several[Text] = Field(
        (), description="Command of the container; empty: the image's own."
    )
    warm_up_seconds: Seconds = Field(
        60, ge=0, le=3600, description="Time from a task's start until its health check answers."
    )
    request_timeout_seconds: Seconds = Field(
        30, ge=1, le=3995, description="Longest time that the application takes for a request."
    )
    stop_timeout_seconds: Seconds = Field(
        30, ge=2, le=120, description="Time from SIGTERM to SIGKILL (Fargate allows 2 to 120)."
    )
    resting_memory_percent: Percent = Field(
        40, ge=0, le=100, description="Memory in use at no load, of the task's memory."
    )
    health_check: HealthCheck = Field(
        default_factory=HealthCheck, description="The load balancer's check of a task."
    )
    workers: Workers = Field(
        default_factory=Workers, description="The process manager inside the container."
    )
    environment: Mapping[VariableName, str] = Field(
        {}, description="Plain environment variables; values are quoted text."
    )
    secrets: Mapping[VariableName, SecretArn] = Field(
        {}, description="Environment variables read from a secret when a task starts, by ARN."
    )

    @field_validator("memory")
    @classmethod
    def _fargate_has_it(cls, value: int, info: ValidationInfo) -> int:
        cpu = info.data.get("cpu")
        if cpu is not None and value not in FARGATE_MEMORY_MIB[cpu]:
            sizes = FARGATE_MEMORY_MIB[cpu]
            raise RefusalError(
                Finding(
                    f"for cpu {cpu}, Fargate has "
                    + (
                        ", ".join(map(str, sizes))
                        if len(sizes) < 4
                        else f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"
                    ),
                    "choose one of these, or another cpu",
                )
            )
        return value

    @field_validator("environment")
    @classmethod
    def _environment_free(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        refuse(_injected(value))
        return value

    @field_validator("secrets")
    @classmethod
    def _secrets_free(cls, value: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        twice = set(value) & set(info.data.get("environment", {}))
        refuse(
            [
                *_injected(value),
                *(
                    Finding(
                        "a name that environment does not set",
                        "keep one of the two",
                        (name,),
                        value[name],
                    )
                    for name in sorted(twice)
                ),
            ]
        )
        return value

    @property
    def time_to_healthy(self) -> int:
        """Seconds from a task's start until it gets traffic; the health-check grace period."""
        check = self.health_check
        return time_to_healthy(
            self.warm_up_seconds,
            check.healthy_threshold,
            check.interval_seconds,
            check.timeout_seconds,
        )

    @property
    def detection_time(self) -> int:
        """Seconds from the first failed health check until the task is called unhealthy."""
        check = self.health_check
        return detection_time(check.unhealthy_threshold, check.interval_seconds)


def _injected(names: Mapping[str, str]) -> list[Finding]:
    return [
        Finding(
            f"any name but {', '.join(INJECTED)}",
            "remove it: Evenkeel sets it from the stage file",
            (name,),
            names[name],
        )
        for name in INJECTED
        if name in names
    ]
