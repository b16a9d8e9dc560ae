"""What the state machine tells the tasks of a data refresh, on a real moto server."""

import json

from tests.support.cloud import ACCOUNT, REGION, Cloud
from tests.support.commands import KEY
from tests.support.postgres import USER
from tests.support.project import ROOT

BUCKET, SNAPSHOT = "storefront-refresh", "sanitised-storefront-0a1b2c3d"


def told(cloud: Cloud) -> dict[str, str]:
    """Return what every task is told, with who it is on AWS."""
    role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    keys = cloud.boto3("sts").assume_role(RoleArn=role, RoleSessionName="task")["Credentials"]
    key = cloud.boto3("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "PYTHONPATH": str(ROOT),
        "UNDERSTUDY_SANITISE_KEY": KEY,
        "UNDERSTUDY_SCAN_KEY": KEY,
        "RUN": "0a1b2c3d",
        "SNAPSHOT": SNAPSHOT,
        "SOURCE": "storefront-production",
        "RELEASE": "1.0.0",
        "REFRESH_BUCKET": BUCKET,
        "MANIFEST_KEY": key["KeyMetadata"]["Arn"],
    }


def copies(cloud: Cloud, name: str, raw: str, sanitised: str) -> dict[str, str]:
    """Make the secrets of both copies; return where these are."""
    found: dict[str, str] = {}
    for copy, host in (("RAW", raw), ("SANITISED", sanitised)):
        made = cloud.boto3("secretsmanager").create_secret(
            Name=f"{name}-{copy}",
            SecretString=json.dumps({"username": USER, "password": "unused"}),
        )
        found |= {f"{copy}_HOST": host, f"{copy}_SECRET_ARN": made["ARN"]}
    return found
