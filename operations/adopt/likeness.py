"""By which properties objects of a type are told apart."""

from collections.abc import Mapping

TELLING: Mapping[str, tuple[str, ...]] = {
    "aws:acm/certificate:Certificate": ("domainName",),
    "aws:ec2/route:Route": ("destinationCidrBlock",),
    "aws:ec2/subnet:Subnet": ("cidrBlock",),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("serviceName",),
    "aws:lb/listener:Listener": ("port",),
    "aws:rds/instance:Instance": ("dbName",),
    "aws:route53/healthCheck:HealthCheck": ("fqdn", "resourcePath"),
    "aws:route53/zone:Zone": ("name",),
}
"""Properties that tell objects of a type apart, whatever they are called."""
DIFFERING: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/subnet:Subnet": ("availabilityZone",),
    "aws:lb/listener:Listener": ("port",),
    "aws:lb/loadBalancer:LoadBalancer": ("loadBalancerType", "internal"),
    "aws:rds/instance:Instance": ("engine",),
    "aws:route53/healthCheck:HealthCheck": ("type", "fqdn"),
    "aws:route53/record:Record": ("name", "type"),
    "aws:route53/zone:Zone": ("name",),
    "aws:sns/topicSubscription:TopicSubscription": ("protocol", "endpoint"),
}
"""Properties without which two objects are surely not the same."""
HAVING: Mapping[str, tuple[str, ...]] = {
    "aws:ecs/service:Service": ("loadBalancers",),
    "aws:rds/instance:Instance": ("replicateSourceDb",),
}
"""Properties that both have or neither."""
