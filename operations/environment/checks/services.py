"""Services and jobs: what should run does, is well, and is the release."""

from operations.environment.check import Answer, Check, failed, none_wrong, not_applicable
from operations.environment.facts import jobs
from operations.environment.facts import services as ecs
from operations.environment.facts.jobs import BACK, Job, Jobs
from operations.environment.facts.services import NAMES, Services
from operations.environment.wanted import Wanted

DONE = ("COMPLETED",)
DEFINITIONS = {"web": "webTaskDefinition", "worker": "workerTaskDefinition"}
"""Each service, and the output that says which task it should run."""


def _running(found: Services, _: Wanted) -> Answer:
    wrong = [f"{name} is not there" for name in NAMES if name not in found.found]
    for name, service in found.found.items():
        if service.status != "ACTIVE":
            wrong.append(f"{name} is {service.status}")
        elif service.wanted == 0:
            wrong.append(f"{name} wants no task: off hours?")
        elif service.running != service.wanted:
            wrong.append(f"{name} runs {service.running} of {service.wanted} tasks")
    told = ", ".join(f"{name} {service.running}" for name, service in found.found.items())
    return none_wrong(wrong, f"as many tasks as wanted: {told}")


def _steady(found: Services, _: Wanted) -> Answer:
    wrong = [
        f"{name}: {', '.join(service.rollouts)}"
        for name, service in found.found.items()
        if service.rollouts != DONE
    ]
    return none_wrong(wrong, "no release is under way or was taken back")


def _healthy(found: Services, _: Wanted) -> Answer:
    wrong = [
        f"{name}: {task.name} is {task.status} and {task.health}"
        for name, service in found.found.items()
        for task in service.tasks
        if task.status != "RUNNING" or task.health != "HEALTHY"
    ]
    number = sum(len(service.tasks) for service in found.found.values())
    if not number:
        return failed("no service has a task")
    return none_wrong(wrong, f"{number} tasks run and are healthy")


def _release(found: Services, wanted: Wanted) -> Answer:
    wrong = [
        f"{name}: {task.name} runs {', '.join(sorted(task.digests)) or 'no image'}"
        for name, service in found.found.items()
        for task in service.tasks
        if wanted.digest not in task.digests
    ]
    return none_wrong(wrong, f"every task runs {wanted.digest[:19]}…")


def _definition(found: Services, wanted: Wanted) -> Answer:
    wrong = [
        f"{name} is to run {_short(service.definition)}, "
        f"the outputs say {_short(str(wanted.outputs[DEFINITIONS[name]]))}"
        for name, service in found.found.items()
        if service.definition != wanted.outputs[DEFINITIONS[name]]
    ]
    return none_wrong(wrong, "every service has the task of the outputs")


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]


def _deployed(_: object, wanted: Wanted) -> Answer:
    release, has = wanted.settings.identity.release, wanted.outputs
    wrong = [
        f"{name} is {has[name]}, the settings say {right}"
        for name, right in (("releaseVersion", release.version), ("releaseImage", release.image))
        if has[name] != right
    ]
    return none_wrong(wrong, f"{release.version} is what was updated to last")


def _scheduled(found: Jobs, wanted: Wanted) -> Answer:
    if not found.found:
        return not_applicable("there are no jobs")
    right = {job.name: (job.schedule, job.timezone) for job in wanted.settings.shape.jobs}
    definitions = wanted.outputs["jobTaskDefinitions"]
    wrong = []
    for name, job in found.found.items():
        if job is None:
            wrong.append(f"{name} has no schedule")
        elif not job.enabled:
            wrong.append(f"{name} is switched off")
        elif (job.expression, job.timezone) != right[name]:
            wrong.append(f"{name} is started {job.expression} in {job.timezone}")
        elif job.definition != definitions[name]:
            wrong.append(f"{name} starts {_short(job.definition)}")
    return none_wrong(wrong, f"{', '.join(found.found)} as the settings say")


def _succeeded(found: Jobs, wanted: Wanted) -> Answer:
    known = {name: job for name, job in found.found.items() if job is not None}
    young = [name for name, job in known.items() if _not_yet(job, wanted)]
    if len(young) == len(found.found):
        return not_applicable("no job was due yet")
    wrong = [f"{name} has no schedule" for name in found.found if name not in known]
    for name, job in known.items():
        if job.started is None and name not in young:
            wrong.append(f"{name} was not started for {BACK.days} days")
        elif job.lost is not None and job.started is not None and job.lost >= job.started:
            wrong.append(f"{name} could not be started the last time")
        wrong += [f"{name}: {end}" for end in job.ends]
    return none_wrong(wrong, "the last start of every job came through")


def _not_yet(job: Job, wanted: Wanted) -> bool:
    return job.started is None and job.lost is None and wanted.now - job.made < BACK


def _always(_: object) -> None:
    """See nothing: outputs and settings are known."""


CHECKS = (
    Check(
        id="release-as-settings",
        what="the release of the settings is what the stack was updated to",
        why="what is tested would be another one",
        mend="update the stack, or test the commit that is deployed",
        look=_always,
        judge=_deployed,
        quick=True,
    ),
    Check(
        id="services-running",
        what="every service runs as many tasks as it wants",
        why="fewer have no room for a failure, or for work",
        mend="see the service's events in ECS: capacity, image or secret may be missing",
        look=ecs.look,
        judge=_running,
        quick=True,
    ),
    Check(
        id="services-steady",
        what="no release is under way or was taken back",
        why="ECS takes a failed release back in silence, and the old one looks well",
        mend="see the service's deployments in ECS",
        look=ecs.look,
        judge=_steady,
        quick=True,
    ),
    Check(
        id="services-tasks-healthy",
        what="every task runs and is healthy by its own check",
        why="a worker has no other sign of life",
        mend="see the task's log",
        look=ecs.look,
        judge=_healthy,
    ),
    Check(
        id="services-image-is-the-release",
        what="every task runs the image of the release, by its digest",
        why="a digest can't be moved to another image",
        mend="update the stack; see services-steady",
        look=ecs.look,
        judge=_release,
    ),
    Check(
        id="services-task-as-outputs",
        what="every service has the task definition of the outputs",
        why="somebody may have led it to another by hand",
        mend="update the stack",
        look=ecs.look,
        judge=_definition,
    ),
    Check(
        id="jobs-scheduled-as-settings",
        what="every job has its schedule, switched on, with the task of the outputs",
        why="a job that is never started fails nowhere",
        mend="update the stack; a person changed the schedule",
        look=jobs.look,
        judge=_scheduled,
    ),
    Check(
        id="jobs-last-run-succeeded",
        what="the last start of every job came through, and no run of the last hour failed",
        why="nobody waits for a job at night",
        mend="see the job's log; run it by hand",
        look=jobs.look,
        judge=_succeeded,
    ),
)
