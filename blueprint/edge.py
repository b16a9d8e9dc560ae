"""The entrance: domain, certificate, load balancer, firewall."""

from pulumi import Output

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from components.certificate import Certificate, CertificateArgs
from components.delegation import Delegation, DelegationArgs
from components.health_check import HealthCheck
from components.known_once import known_once
from components.load_balancer import ROBOTS_PATH, LoadBalancer, LoadBalancerArgs
from components.log_archive import LOAD_BALANCER_FOLDER
from components.web_firewall import WebFirewall, WebFirewallArgs
from components.zone import Zone, ZoneArgs


class EdgeArea:
    """The entrance of one environment."""

    def __init__(self, basis: Basis, foundation: Foundation, network: NetworkArea) -> None:
        self._basis = basis
        self._foundation = foundation
        self.zone = self._zone()
        self.delegation = self._delegation()
        self.certificate = Certificate(
            "certificate",
            CertificateArgs(
                domain=basis.identity.dns.domain,
                subdomains=basis.shape.tls.subdomains,
                zone_id=self.zone.zone_id,
                delegation=self.delegation,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self.load_balancer = self._load_balancer(network)
        self.firewall = self._firewall()

    @property
    def target_group_arn(self) -> Output[str]:
        """Where the web service registers, known once the firewall stands before it.

        So nothing answers without the firewall: neither while an environment is brought up, nor
        while it is deleted.
        """
        return known_once(self.load_balancer.target_group_arn, self.firewall.association_id)

    def _zone(self) -> Zone:
        basis = self._basis
        return Zone(
            "zone",
            ZoneArgs(
                domain=basis.identity.dns.domain,
                account=basis.account,
                caa_issuers=basis.shape.dns.caa_issuers,
                ttl_seconds=basis.shape.dns.ttl_seconds,
                query_log_retention_days=basis.log_days,
                query_log_key_arn=self._foundation.keys.global_.arn,
                recovery_days=basis.scale.protection.recovery_days,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _delegation(self) -> Delegation:
        basis = self._basis
        return Delegation(
            "delegation",
            DelegationArgs(
                domain=basis.identity.dns.domain,
                parent_zone_id=basis.identity.dns.parent_zone_id,
                name_servers=self.zone.name_servers,
                ds_record=self.zone.ds_record,
                ttl_seconds=basis.shape.dns.ttl_seconds,
                tags=basis.tags,
            ),
            opts=basis.at(basis.providers.parent),
        )

    def _load_balancer(self, network: NetworkArea) -> LoadBalancer:
        basis, check = self._basis, self._basis.shape.web.health_check
        return LoadBalancer(
            "load-balancer",
            LoadBalancerArgs(
                vpc_id=network.network.vpc_id,
                subnet_ids=network.public_subnet_ids,
                security_group_id=network.groups.load_balancer_id,
                domain=basis.identity.dns.domain,
                subdomains=basis.shape.tls.subdomains,
                zone_id=self.zone.zone_id,
                certificate_arn=self.certificate.arn,
                tls_policy=basis.shape.tls.policy,
                target_port=basis.shape.web.port,
                health_check=HealthCheck(
                    path=check.path,
                    interval_seconds=check.interval_seconds,
                    timeout_seconds=check.timeout_seconds,
                    healthy_count=check.healthy_count,
                    unhealthy_count=check.unhealthy_count,
                ),
                access_log_bucket=self._foundation.archive.access_bucket,
                access_log_prefix=LOAD_BALANCER_FOLDER,
                indexed=basis.identity.access.indexed,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _firewall(self) -> WebFirewall:
        basis = self._basis
        return WebFirewall(
            "firewall",
            WebFirewallArgs(
                resource_arn=self.load_balancer.arn,
                allowed_networks=basis.identity.access.networks,
                open_path=ROBOTS_PATH,
                managed_rule_groups=basis.shape.web_firewall.managed_rule_groups,
                requests_per_5_minutes=basis.shape.web_firewall.requests_per_5_minutes,
                # AWS WAF Developer Guide, "Amazon CloudWatch Logs": the name must begin so.
                log_group_name=f"aws-waf-logs-{basis.names.prefix}",
                log_retention_days=basis.log_days,
                kms_key_arn=self._foundation.keys.main.arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
