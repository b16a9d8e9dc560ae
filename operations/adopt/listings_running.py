"""How the types of entrance, compute and watching are listed."""

from operations.adopt.listing import (
    ACL,
    BALANCER,
    CLUSTER,
    ECS,
    GROUP,
    LISTENER,
    REGIONAL,
    ROLE,
    RULE,
    SCALED,
    TOPIC,
    WAF_ID,
    ZONE,
    Listing,
    by,
    last,
    record,
)

ENTRANCE = {
    ZONE: Listing("route53", "list_hosted_zones", "HostedZones[].Id", tail=last, everywhere=True),
    "aws:route53/record:Record": Listing(
        "route53",
        "list_resource_record_sets",
        "ResourceRecordSets[?Type!='SOA'].join('_', [Name, Type, SetIdentifier][?@])",
        each=ZONE,
        named="HostedZoneId",
        tail=record,
        form="{1}_{0}",
        everywhere=True,
    ),
    "aws:route53/healthCheck:HealthCheck": Listing(
        "route53", "list_health_checks", "HealthChecks[].Id", everywhere=True
    ),
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": Listing(
        "route53",
        "get_dnssec",
        "[Status.ServeSignature][?@=='SIGNING']",
        each=ZONE,
        named="HostedZoneId",
        form="{1}",
        everywhere=True,
    ),
    "aws:route53/keySigningKey:KeySigningKey": Listing(
        "route53",
        "get_dnssec",
        "KeySigningKeys[].Name",
        each=ZONE,
        named="HostedZoneId",
        form="{1},{0}",
        everywhere=True,
    ),
    "aws:route53/queryLog:QueryLog": Listing(
        "route53", "list_query_logging_configs", "QueryLoggingConfigs[].Id", everywhere=True
    ),
    "aws:acm/certificate:Certificate": Listing(
        "acm", "list_certificates", "CertificateSummaryList[].CertificateArn"
    ),
    BALANCER: Listing("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn"),
    LISTENER: Listing(
        "elbv2",
        "describe_listeners",
        "Listeners[].ListenerArn",
        each=BALANCER,
        named="LoadBalancerArn",
    ),
    "aws:lb/listenerRule:ListenerRule": Listing(
        "elbv2",
        "describe_rules",
        "Rules[?!IsDefault].RuleArn",
        each=LISTENER,
        named="ListenerArn",
    ),
    "aws:lb/targetGroup:TargetGroup": Listing(
        "elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn"
    ),
    ACL: Listing("wafv2", "list_web_acls", f"WebACLs{WAF_ID}", REGIONAL),
    "aws:wafv2/ipSet:IpSet": Listing("wafv2", "list_ip_sets", f"IPSets{WAF_ID}", REGIONAL),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Listing(
        "wafv2", "list_logging_configurations", "LoggingConfigurations[].ResourceArn", REGIONAL
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Listing(
        "wafv2",
        "get_web_acl_for_resource",
        "[WebACL.ARN][?@]",
        each=BALANCER,
        named="ResourceArn",
        form="{0},{1}",
    ),
}

COMPUTE = {
    CLUSTER: Listing("ecs", "list_clusters", "clusterArns[]", tail=last),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": by(CLUSTER),
    "aws:ecs/service:Service": Listing(
        "ecs", "list_services", "serviceArns[]", each=CLUSTER, named="cluster", tail=last,
        form="{1}/{0}",
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Listing(
        "ecs", "list_task_definitions", "taskDefinitionArns[]", {"status": "ACTIVE"}
    ),
    "aws:appautoscaling/target:Target": Listing(
        "application-autoscaling", "describe_scalable_targets",
        f"ScalableTargets[].{SCALED}])", ECS,
    ),
    "aws:appautoscaling/policy:Policy": Listing(
        "application-autoscaling", "describe_scaling_policies",
        f"ScalingPolicies[].{SCALED}, PolicyName])", ECS,
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Listing(
        "scheduler", "list_schedule_groups", "ScheduleGroups[?Name!='default'].Name"
    ),
    "aws:scheduler/schedule:Schedule": Listing(
        "scheduler", "list_schedules", "Schedules[].join('/', [GroupName, Name])"
    ),
    "aws:sfn/stateMachine:StateMachine": Listing(
        "stepfunctions", "list_state_machines", "stateMachines[].stateMachineArn"
    ),
    ROLE: Listing(
        "iam", "list_roles", "Roles[?!starts_with(Path, '/aws-service-role/')].RoleName",
        everywhere=True,
    ),
    "aws:iam/rolePolicy:RolePolicy": Listing(
        "iam", "list_role_policies", "PolicyNames[]", each=ROLE, named="RoleName",
        form="{1}:{0}", everywhere=True,
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Listing(
        "iam", "list_attached_role_policies", "AttachedPolicies[].PolicyArn", each=ROLE,
        named="RoleName", form="{1}/{0}", everywhere=True,
    ),
}  # fmt: skip

WATCH = {
    GROUP: Listing("logs", "describe_log_groups", "logGroups[].logGroupName"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Listing(
        "logs", "describe_metric_filters",
        "metricFilters[].join(':', [logGroupName, filterName])",
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Listing(
        "logs", "describe_resource_policies", "resourcePolicies[].policyName"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Listing(
        "cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName",
        {"AlarmTypes": ["MetricAlarm"]},
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Listing(
        "cloudwatch", "describe_alarms", "CompositeAlarms[].AlarmName",
        {"AlarmTypes": ["CompositeAlarm"]},
    ),
    "aws:cloudwatch/dashboard:Dashboard": Listing(
        "cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"
    ),
    RULE: Listing("events", "list_rules", "Rules[?!ManagedBy].Name"),
    "aws:cloudwatch/eventTarget:EventTarget": Listing(
        "events", "list_targets_by_rule", "Targets[].Id", each=RULE, named="Rule",
        form="{1}/{0}",
    ),
    "aws:cloudtrail/trail:Trail": Listing(
        "cloudtrail", "describe_trails", "trailList[].TrailARN", {"includeShadowTrails": False}
    ),
    TOPIC: Listing("sns", "list_topics", "Topics[].TopicArn"),
    "aws:sns/topicPolicy:TopicPolicy": by(TOPIC),
    "aws:sns/topicSubscription:TopicSubscription": Listing(
        "sns", "list_subscriptions",
        "Subscriptions[?starts_with(SubscriptionArn, 'arn:')].SubscriptionArn",
    ),
}  # fmt: skip
