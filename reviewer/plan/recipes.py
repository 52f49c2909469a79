"""Steps that lead to a change which AWS refuses, as commands for one environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.changes.resource_diff import ResourceDiff
from reviewer.markdown import listed
from reviewer.plan.kept_settings import steps_to_platform

if TYPE_CHECKING:
    from reviewer.assembly import Assembly

_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_PLATFORM = "PlatformIdentifier"


@dataclass(frozen=True)
class Recipes:
    """Writes the steps for the stacks of one environment, as the file proposes it."""

    assembly: Assembly

    @property
    def deploy(self) -> str:
        """The command that deploys the environment."""
        return f"./kiban deploy --env {self.assembly.environment}"

    @property
    def prune(self) -> str:
        """The command that also deletes the stacks that the file no longer has."""
        return f"./kiban deploy --prune --env {self.assembly.environment}"

    def stack(self, label: str) -> str:
        """The full name of a stack."""
        return f"{self.assembly.stage}-{label}"

    def named(self, diff: ResourceDiff, cause: str, name: str) -> tuple[str, ...]:
        """Make a resource anew under the same name: it has to go first."""
        assert diff.before is not None, "it is there"
        stack = diff.before.stack
        if diff.type == _NOTEBOOK and cause == _PLATFORM:
            created, wanted = (str(value) for value in diff.both(_PLATFORM))
            return steps_to_platform(self.assembly.environment, created, wanted)
        if diff.type == _NOTEBOOK:
            return (
                "copy from the notebook what shall stay (git push, or aws s3 cp to the data "
                "bucket): its disk goes with it",
                *self.without_stack(stack),
                self.deploy,
            )
        return (
            f"leave {cause} as it is; or, if what it holds may go: take {diff.path} out of the app "
            f"and deploy, then put it back and deploy again",
            f"or give it another name than {name}",
        )

    def without_stack(self, label: str) -> tuple[str, ...]:
        """Delete one stack, which nothing else imports from."""
        name = self.stack(label)
        return (
            f"aws cloudformation update-termination-protection --stack-name {name} "
            "--no-enable-termination-protection",
            f"aws cloudformation delete-stack --stack-name {name}",
            f"aws cloudformation wait stack-delete-complete --stack-name {name}",
        )

    def volume(self, diff: ResourceDiff, was: int) -> tuple[str, ...]:
        """Keep the disk, or make the notebook anew."""
        assert diff.before is not None, "it is there"
        return (
            f"write workbench volume_gb = {was} or more; or, for a smaller disk:",
            *self.named(diff, "", ""),
        )

    def other_logical_id(self, diff: ResourceDiff) -> tuple[str, ...]:
        """Give the new type an id of its own."""
        return (f"give the new resource another construct id than {diff.path}",)

    def scaled(self, model: str) -> tuple[str, ...]:
        """Take a variant out of scaling, change it, and put it back."""
        table = f"[models.{model}.endpoint]"
        return (
            f"write max_instances = min_instances below scaling of {table}, so that nothing scales",
            f"{self.deploy}   # with the old instance_type",
            f"write the new instance_type in {table}",
            self.deploy,
            "write the old max_instances again",
            self.deploy,
        )

    def dropped_export(self, users: tuple[str, ...]) -> tuple[str, ...]:
        """Deploy those that stop using an export before the stack that exports it."""
        stage = self.assembly.stage
        known = {self.stack(one.label): one.label for one in self.assembly.stacks}
        labels = [known[user] for user in users if user in known]
        gone = [user for user in users if user not in known]
        # `deploy --prune` deploys before it deletes, and would be refused for what they still use.
        steps = [f"aws cloudformation delete-stack --stack-name {user}" for user in gone]
        if labels:
            chosen = " ".join(f"'{stage}/{label}'" for label in labels)
            steps.append(
                f"node_modules/.bin/cdk deploy {chosen} --exclusively -c "
                f"env={self.assembly.environment}   # its users first: they use it no more"
            )
        return (*steps, self.deploy)

    def changed_export(self, users: tuple[str, ...]) -> tuple[str, ...]:
        """An export keeps its value while it is used."""
        return (
            f"put the setting back: {listed(users)} keep what they were given at their deployment",
            "or make a new environment beside this one and move: ./kiban env new NAME --from "
            f"{self.assembly.environment}",
        )
