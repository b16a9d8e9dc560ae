"""Hosted zones of load balancers' names, which moto does not have.

Source: AWS General Reference, "Elastic Load Balancing endpoints and quotas".
"""

APPLICATION = {
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-northeast-2": "ZWKZPGTI48KDX",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "sa-east-1": "Z2P70J7HTTTPLU",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
}
NETWORK = {
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-north-1": "Z1UDT6IFJ4EJM",
    "eu-west-1": "Z2IFOLAFXWLO4F",
    "eu-west-2": "ZD4D7Y8KGAS4G",
    "eu-west-3": "Z1CMS0P5QUZ6D5",
    "us-east-1": "Z26RNL4JYFTOTI",
}


def zone_of(kind: str, region: str) -> str | None:
    """Return the zone of a load balancer's name; None for a region that is not in the table."""
    return (NETWORK if kind == "network" else APPLICATION).get(region)


def region_of_zone(zone: str) -> str | None:
    """Return the region whose load balancers' names are in a zone, if it is one of theirs."""
    known = {id_: region for table in (APPLICATION, NETWORK) for region, id_ in table.items()}
    return known.get(zone)
