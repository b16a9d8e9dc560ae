"""What runs: cluster, registry, web service, worker, jobs, migration, and when they scale."""

from pulumi import Input, Output

from blueprint.basis import Basis
from blueprint.data import DataArea
from blueprint.edge import EdgeArea
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from blueprint.tasks import Tasks
from components.autoscaling import Autoscaling, AutoscalingArgs, RequestTracking
from components.cluster import Cluster, ClusterArgs
from components.image_registry import ImageRegistry, ImageRegistryArgs
from components.migration_task import MigrationTask, MigrationTaskArgs
from components.off_hours import OffHours, OffHoursArgs, SleepingService
from components.scheduled_job import ScheduledJob, ScheduledJobArgs
from components.service import ServiceArgs
from components.web_service import WebService, WebServiceArgs
from components.worker import Worker, WorkerArgs
from settings.scale import ServiceSize


class ComputeArea:
    """What runs in one environment."""

    def __init__(
        self,
        basis: Basis,
        foundation: Foundation,
        network: NetworkArea,
        data: DataArea,
        edge: EdgeArea,
        *,
        rollback_alarms: dict[str, list[Output[str]]],
    ) -> None:
        self._basis = basis
        self._network = network
        self._subnets = network.task_subnet_ids
        self._rollback_alarms = rollback_alarms
        self.registry = self._registry("registry", basis.shape.application, foundation)
        self.operations = self._registry(
            "operations-registry", f"{basis.shape.application}-operations", foundation
        )
        self.cluster = Cluster(
            "cluster",
            ClusterArgs(
                cluster_name=basis.names.prefix,
                exec_log_group_name=basis.names.log_group("exec"),
                log_retention_days=basis.log_days,
                kms_key_arn=foundation.keys.main.arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self._tasks = Tasks(basis, foundation, data, self.registry)
        self.web = self._web(edge)
        self.worker = self._worker()
        self.jobs = self._jobs()
        self.migration = self._migration(foundation, data)
        self._scaling(edge)

    def _registry(self, name: str, repository: str, foundation: Foundation) -> ImageRegistry:
        basis = self._basis
        return ImageRegistry(
            name,
            ImageRegistryArgs(
                repository_name=repository,
                keep_images=basis.shape.registry.keep_images,
                kms_key_arn=foundation.keys.main.arn,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _web(self, edge: EdgeArea) -> WebService:
        basis, balancer = self._basis, edge.load_balancer
        return WebService(
            "web",
            WebServiceArgs(
                task=self._tasks.web(),
                service=self._service("web", basis.scale.web, self._network.groups.web_id),
                target_group_arn=edge.target_group_arn,
                listener_arn=balancer.https_listener_arn,
                grace_seconds=basis.shape.web.health_check.grace_seconds,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _worker(self) -> Worker:
        basis = self._basis
        return Worker(
            "worker",
            WorkerArgs(
                task=self._tasks.worker(),
                service=self._service("worker", basis.scale.worker, self._network.groups.worker_id),
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _service(self, name: str, size: ServiceSize, group_id: Input[str]) -> ServiceArgs:
        deployment = self._basis.shape.deployment
        return ServiceArgs(
            cluster_arn=self.cluster.arn,
            subnet_ids=self._subnets,
            security_group_ids=[group_id],
            initial_tasks=size.min,
            spot_percent=size.spot_percent,
            minimum_healthy_percent=deployment.minimum_healthy_percent,
            maximum_percent=deployment.maximum_percent,
            rollback_alarm_names=self._rollback_alarms[name],
        )

    def _jobs(self) -> dict[str, ScheduledJob]:
        basis = self._basis
        return {
            job.name: ScheduledJob(
                f"job-{job.name}",
                ScheduledJobArgs(
                    task=self._tasks.job(job),
                    group_name=basis.names.named(job.name),
                    schedule=job.schedule,
                    timezone=job.timezone,
                    cluster_arn=self.cluster.arn,
                    cluster_name=self.cluster.name,
                    subnet_ids=self._subnets,
                    security_group_ids=[self._network.groups.worker_id],
                    tags=basis.tags,
                ),
                opts=basis.here,
            )
            for job in basis.shape.jobs
        }

    def _migration(self, foundation: Foundation, data: DataArea) -> MigrationTask:
        basis = self._basis
        return MigrationTask(
            "migration",
            MigrationTaskArgs(
                task=self._tasks.migration(),
                master_secret=data.database.master_secret,
                master_secret_key_arn=foundation.keys.main.arn,
                cluster_arn=self.cluster.arn,
                subnet_ids=self._subnets,
                security_group_ids=[self._network.groups.worker_id],
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _scaling(self, edge: EdgeArea) -> None:
        basis, balancer = self._basis, edge.load_balancer
        shape, scale, off = basis.shape, basis.scale, basis.scale.off_hours
        web = self._autoscaling(
            "web-scaling",
            self.web.service_name,
            scale.web,
            shape.web.scaling.cpu_percent,
            RequestTracking(
                load_balancer_arn_suffix=balancer.arn_suffix,
                target_group_arn_suffix=balancer.target_group_arn_suffix,
                per_task=shape.web.scaling.requests_per_task,
            ),
        )
        worker = self._autoscaling(
            "worker-scaling",
            self.worker.service_name,
            scale.worker,
            shape.worker.scaling.cpu_percent,
        )
        OffHours(
            "off-hours",
            OffHoursArgs(
                services={
                    "web": _sleeping(web, scale.web, off.web_min),
                    "worker": _sleeping(worker, scale.worker, off.worker_min),
                },
                stop=shape.off_hours.stop,
                start=shape.off_hours.start,
                timezone=shape.off_hours.timezone,
                keep_running=off.keep_running,
                paused_until=off.paused_until,
            ),
            opts=basis.here,
        )

    def _autoscaling(
        self,
        name: str,
        service_name: Input[str],
        size: ServiceSize,
        cpu_percent: int,
        requests: RequestTracking | None = None,
    ) -> Autoscaling:
        return Autoscaling(
            name,
            AutoscalingArgs(
                cluster_name=self.cluster.name,
                service_name=service_name,
                min_tasks=size.min,
                max_tasks=size.max,
                cpu_percent=cpu_percent,
                requests=requests,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    @property
    def log_groups(self) -> dict[str, Output[str]]:
        """The log group of each thing that runs."""
        runs: dict[str, WebService | Worker | ScheduledJob | MigrationTask] = {
            "web": self.web,
            "worker": self.worker,
            **self.jobs,
            "migration": self.migration,
        }
        return {name: each.log_group_name for name, each in runs.items()}


def _sleeping(scaling: Autoscaling, size: ServiceSize, night_min: int) -> SleepingService:
    return SleepingService(
        resource_id=scaling.resource_id,
        min_tasks=size.min,
        max_tasks=size.max,
        night_min_tasks=night_min,
    )
