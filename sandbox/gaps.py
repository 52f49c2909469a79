"""Everything the sandbox does not do as AWS does, in one list that `status` prints."""

from __future__ import annotations

from dataclasses import dataclass

from cfn.catalogue import rows


@dataclass(frozen=True)
class Gap:
    """One difference; resource types accepted for it and kept name it in the catalogue."""

    name: str
    on_aws: str
    here: str


GAPS: list[Gap] = [
    Gap(
        "operations",
        "every operation of every service answers",
        "those that docs/sandbox.md lists answer, every other is refused as NotImplemented",
    ),
    Gap(
        "resource types",
        "CloudFormation makes every type of its registry",
        "a type of a service of which nothing answers is refused by name; one that has no handler "
        "of its own is kept as moto's model makes it",
    ),
    Gap(
        "search",
        "SageMaker's Search finds jobs, endpoints, pipelines and more",
        "training jobs, versions, their groups, experiments and trials; anything else is refused; "
        "of all but training jobs, filters are what moto makes of them",
    ),
    Gap(
        "Cloud Control",
        "reads, makes, changes and deletes resources of every type, those of no stack too",
        "UpdateResource changes alarms, dashboards, rules, queues and state machines of stacks, "
        "their tags excepted, as cdk deploy --hotswap asks for it; with the rights of the account",
    ),
    Gap(
        "encryption",
        "KMS encrypts data, and a role without the key cannot read it",
        "data is stored as it is; objects ask for the right to their key, other services do not",
    ),
    Gap(
        "permissions",
        "IAM evaluates every policy on every call",
        "roles are held to their policies, boundary and conditions, and to the policies of "
        "buckets, keys, repositories, topics, queues and model groups; a condition key that is not "
        "known here is refused; an account's own key may do what those policies leave it; sessions "
        "of the CDK's bootstrap roles are free, session and organization policies are not read, "
        "and the conditions under which a role trusts a service are not evaluated",
    ),
    Gap(
        "accounts",
        "each has its own credentials, and nothing crosses without a policy on both sides",
        "an access key that is an account's number belongs to it, and is that account's root",
    ),
    Gap(
        "web identity tokens",
        "their signature is checked with the public key of the provider that they name",
        "the sandbox stands for every provider: its secret signs them, and no other is accepted",
    ),
    Gap(
        "ports of containers",
        "SageMaker alone reaches the port of a container or of another host of a training",
        "it is on loopback and asks for no secret: a port is all that an image is told, so any "
        "user of this machine who finds it can send requests to it",
    ),
    Gap(
        "network",
        "security groups, endpoints and routes decide what reaches what",
        "they exist and can be described; nothing is isolated",
    ),
    Gap("flow logs", "traffic is recorded", "the flow log exists and stays empty"),
    Gap(
        "autoscaling",
        "instances are added and removed as a metric moves; its formula is not published",
        "variants scale in proportion to a tracked metric, by steps and by schedules, up to 8 "
        "processes each, as soon as those answer; targets of other services are kept",
    ),
    Gap(
        "capacity",
        "instances may be missing, a quota may be zero, scaling takes minutes",
        "plenty and at once, unless capacity.json in the sandbox's folder limits it",
    ),
    Gap(
        "alarms",
        "metrics of every service are evaluated every period, and actions run",
        "those of endpoints and your own are evaluated every minute, for two days back; no other "
        "service writes metrics; anomaly detection, SEARCH and SQL, alarms on logs, suppressors, "
        "mute rules, and actions of other services than SNS and Auto Scaling are refused",
    ),
    Gap("mail", "SNS delivers to e-mail addresses", "messages are kept, nothing is sent"),
    Gap("budgets", "cost is compared with the budget", "the budget is kept; nothing costs money"),
    Gap(
        "retention",
        "lifecycle rules and log retention delete what is old",
        "rules are kept, nothing expires",
    ),
    Gap(
        "access logs", "S3 writes them to the log bucket", "the setting is kept, no log is written"
    ),
    Gap(
        "notebook instances",
        "a machine starts and runs JupyterLab",
        "the instance is listed as InService; no machine and no lifecycle script runs",
    ),
    Gap(
        "model monitor",
        "schedules compare captured data with a baseline",
        "accepted and kept in the stack; the operations are refused",
    ),
    Gap(
        "studio",
        "domains, profiles and spaces run JupyterLab for people",
        "accepted and kept in the stack; the operations are refused",
    ),
    Gap(
        "audit",
        "CloudTrail and Config record what happens",
        "accepted and kept in the stack; LookupEvents answers with nothing, nothing else answers",
    ),
    Gap(
        "HTTP API",
        "API Gateway answers, with IAM authorisation",
        "accepted and kept in the stack; nothing listens, and the operations are refused",
    ),
    Gap(
        "instances",
        "jobs and endpoints run on machines of the named type and number",
        "each instance of a training is a process on this machine; processing has one",
    ),
    Gap(
        "paths",
        "the folders of a job or model are /opt/ml in its container",
        "a program has its own /opt/ml where Linux lets it have mounts of its own, elsewhere none; "
        "SAGEMAKER_BASE_DIR names the folder, and arguments that name /opt/ml are changed",
    ),
    Gap(
        "input modes",
        "Pipe, manifests, compression, shuffling, instance groups",
        "refused; FastFile and File both copy the objects first",
    ),
    Gap(
        "spot",
        "instances are taken away, and the job starts again from its checkpoints",
        "checkpoints are copied both ways; nothing is interrupted",
    ),
    Gap(
        "network isolation",
        "an isolated container reaches nothing",
        "it gets no address and no credentials; its network is open",
    ),
    Gap(
        "transform jobs",
        "machines of the named type and number transform objects; requests may be captured",
        "an instance that has an object is a process on this machine; DataCaptureConfig is "
        "refused; the end of a slice in a filter is left out, where AWS's guide contradicts "
        "itself; checksums of TFRecord are not compared",
    ),
    Gap(
        "tuning",
        "a search in several definitions of training jobs, from earlier tuning jobs, over ranges "
        "that Autotune finds, or until it has converged; jobs with checkpoints or several types",
        "refused; Bayesian search needs scikit-learn (`make tools`); Auto scales by logarithm what "
        "spans two orders of magnitude; how Hyperband sets its levels is not AWS's own; training "
        "jobs that fit no quota end the tuning job",
    ),
    Gap(
        "image builds",
        "CodeBuild runs the buildspec, Docker builds the Dockerfile",
        "the source is unpacked and its requirements are installed, for this machine's Python",
    ),
    Gap(
        "quotas",
        "every account has limits, which Service Quotas shows and AWS Support raises",
        "nothing is limited, in a sandbox of `up --new-account` builds, instances of endpoints and "
        "of jobs as in one that nobody has used; request-service-quota-increase knows builds only",
    ),
    Gap(
        "endpoint kinds",
        "asynchronous, multi-model and serverless endpoints, inference components, pipelines",
        "serverless ones never sleep; asynchronous and multi-model ones, components and pipelines "
        "are refused, InvokeEndpointAsync among them",
    ),
    Gap(
        "streams",
        "a response stream is cut anywhere, ends after a time that no page names, and has metrics "
        "of its first part",
        "a part is what the container wrote at once, a minute without one ends the stream; it is "
        "not captured, and counted as other invocations are",
    ),
    Gap(
        "deployment strategies",
        "waits last as long as they say, and the instances of a new model take minutes to start; "
        "how a share of instances is rounded and how a rollback is worded is published nowhere",
        "each step moves traffic and looks at its alarms, and waits are over at once, unless "
        'capacity.json in the sandbox\'s folder has "deployment_waits": true: then they last on '
        "the sandbox's clock; a share is rounded down, to one instance at least",
    ),
    Gap("waiting", "Wait states and retries last as long as they say", "at most one second"),
    Gap(
        "event delivery",
        "targets are retried for a day; events may be late, doubled or lost",
        "one attempt at once, then the dead-letter queue; a target of another service is refused",
    ),
    Gap(
        "state machine logs",
        "executions are logged and traced",
        "the settings are kept; the history has everything",
    ),
    Gap(
        "schedules",
        "cron knows L, W and #; flexible windows spread the load",
        "L for the last day only; schedules and rules fire in their minute",
    ),
    Gap(
        "CloudFormation limits",
        "stacks have quotas, stack policies, imports, macros and nested stacks",
        "none of these; nested stacks, custom resources, Fn::ForEach and Transform sections but "
        "for AWS::LanguageExtensions are refused",
    ),
    Gap(
        "tag changes",
        "a changed tag is written to the resource",
        "tags are written at creation; a later change is kept in the stack only",
    ),
    Gap(
        "refusals",
        "what cannot work is refused, most of it at the request",
        "rows of sandbox/refusals/rows.toml say what is refused and what is not, with the reason",
    ),
    Gap(
        "persistence",
        "everything stays until it is deleted",
        "everything is gone when the sandbox stops, but for what `./kiban sandbox save` wrote",
    ),
]


def recorded_types() -> dict[str, Gap]:
    """Return the resource types that are accepted and kept only, with the gap that says why."""
    named = {gap.name: gap for gap in GAPS}
    return {one.type: named[one.gap] for one in rows().values() if one.gap}
