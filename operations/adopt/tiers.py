"""What a subnet is for, told by where its route table leads."""

from operations.adopt.inventory import Inventory, Item

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTE = "aws:ec2/route:Route"
EVERYWHERE = "0.0.0.0/0"


def tier_of(subnet: Item, inventory: Inventory) -> str:
    """Return ``public``, ``private`` or ``isolated``: to the internet, through NAT, or nowhere."""
    tables = {
        each.properties.get("routeTableId")
        for each in inventory.of(ASSOCIATION)
        if each.properties.get("subnetId") == subnet.id
    }
    ways = [
        each.properties
        for each in inventory.of(ROUTE)
        if each.properties.get("routeTableId") in tables
        and each.properties.get("destinationCidrBlock") == EVERYWHERE
    ]
    if any(str(way.get("gatewayId", "")).startswith("igw-") for way in ways):
        return "public"
    return "private" if ways else "isolated"
