"""The tasks: one image, started in several ways, with one list of variables."""

from collections.abc import Sequence
from dataclasses import dataclass

from blueprint.basis import Basis
from blueprint.data import DataArea
from blueprint.foundation import Foundation
from blueprint.variables import environment
from components.image_registry import ImageRegistry
from components.task import ContainerCheck, TaskArgs
from components.task_roles import DatabaseAccess
from settings.scale import TaskSize
from settings.services import Job


@dataclass(frozen=True)
class Tasks:
    """Describes each task of one environment."""

    basis: Basis
    foundation: Foundation
    data: DataArea
    registry: ImageRegistry

    def web(self) -> TaskArgs:
        """Return the task of the web service."""
        web = self.basis.shape.web
        return self._task(
            "web",
            web.command,
            self.basis.scale.web,
            port=web.port,
            check=ContainerCheck(command=web.container_check),
        )

    def worker(self) -> TaskArgs:
        """Return the task of the worker."""
        worker = self.basis.shape.worker
        return self._task(
            "worker",
            worker.command,
            self.basis.scale.worker,
            check=ContainerCheck(command=worker.container_check),
        )

    def job(self, job: Job) -> TaskArgs:
        """Return the task of a scheduled job."""
        return self._task(job.name, job.command, self.basis.scale.jobs)

    def migration(self) -> TaskArgs:
        """Return the task that runs before a release; it logs in as the database's owner."""
        migration = self.basis.shape.migration
        return self._task("migration", migration.command, self.basis.scale.jobs, by_iam=False)

    def _task(
        self,
        name: str,
        command: Sequence[str],
        size: TaskSize,
        *,
        port: int | None = None,
        check: ContainerCheck | None = None,
        by_iam: bool = True,
    ) -> TaskArgs:
        basis, database = self.basis, self.data.database
        access = DatabaseAccess(resource_id=database.resource_id, user=basis.shape.database.user)
        key_arn = self.foundation.keys.main.arn
        return TaskArgs(
            family=basis.names.named(name),
            image=basis.identity.release.image,
            command=command,
            cpu=size.cpu,
            memory_mib=size.memory_mib,
            environment=environment(basis, database),
            secrets=self.data.secrets.values_from,
            secret_key_arns=[key_arn],
            account=basis.account,
            region=basis.region,
            repository_arn=self.registry.arn,
            log_group_name=basis.names.log_group(name),
            log_retention_days=basis.log_days,
            log_key_arn=key_arn,
            database=access if by_iam else None,
            port=port,
            check=check,
            tags=basis.tags,
        )
