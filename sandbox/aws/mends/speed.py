"""What moto 5.2.5 does over and over while a command waits, done once."""

import json
from copy import copy
from functools import cache, cached_property
from typing import Any

from moto import backends
from moto.core import DEFAULT_ACCOUNT_ID, responses, utils
from moto.core.base_backend import AccountSpecificBackend
from moto.core.serialize import DEFAULT_ALIAS_PROVIDERS, XFormedAttributePicker
from moto.iam import models
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.utils import random_policy_id
from moto.kms import models as kms
from moto.kms.utils import KeySpec
from moto.settings import load_iam_aws_managed_policies

_regions: dict[str, list[str]] = {}
_generate_regions = AccountSpecificBackend._generate_regions  # noqa: SLF001


def generate_regions(self: Any, service_name: str) -> list[str]:
    """List a service's regions once; moto does it for each account and partition anew."""
    if service_name not in _regions:
        _regions[service_name] = _generate_regions(self, service_name)
    return _regions[service_name]


def account_of(access_key: str) -> str:
    """Look a key up in the back ends that there are.

    moto makes those of every partition of every account first, at a quarter of a second each.
    """
    for account, partitions in list(models.iam_backends.items()):
        for backend in list(dict.values(partitions)):
            if access_key in backend.access_keys:
                return str(account)
    return str(DEFAULT_ACCOUNT_ID)


@cache
def _managed_policies() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found


@cache
def _first(name: str, region: str) -> Any:
    return models.AWSManagedPolicy.from_data(name, "", region, _managed_policies()[name])


def managed_policy(name: str, account: str, region: str) -> Any:
    """Make one of AWS's own policies, without an id, from the first of its name.

    There are 1,500 in each account, and moto writes the document of each anew.
    """
    first = _first(name, region)
    made = models.AWSManagedPolicy.__new__(models.AWSManagedPolicy)
    own = {"account_id": account, "tags": {}, "versions": list(map(copy, first.versions))}
    vars(made).update(vars(first), **own)
    return made


def managed_policies(self: Any) -> list[Any]:
    """Return all of AWS's own policies for an account."""
    if not load_iam_aws_managed_policies():
        return []
    made = [managed_policy(name, self.account_id, self.region_name) for name in _managed_policies()]
    for policy in made:
        policy.id = random_policy_id()
    return made


class LateKey:
    """The private key of a symmetric KMS key: moto makes one for each, in a fifth of a second.

    Only a request that AWS refuses would use it.
    """

    def __init__(self, key_spec: str) -> None:
        self._key_spec = key_spec

    @cached_property
    def _made(self) -> Any:
        return _generate_private_key(self._key_spec)

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        """Sign as moto does."""
        return bytes(self._made.sign(message, signing_algorithm))

    def verify(self, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        """Verify as moto does."""
        return bool(self._made.verify(message, signature, signing_algorithm))

    def public_key(self) -> bytes:
        """Return the public half, as moto does."""
        return bytes(self._made.public_key())


_generate_private_key = kms.generate_private_key


def private_key(key_spec: str) -> Any:
    """Return a key's private key: at once where it may be used, else when it is."""
    if key_spec == KeySpec.SYMMETRIC_DEFAULT:
        return LateKey(key_spec)
    return _generate_private_key(key_spec)


@cache
def names_of_modules() -> tuple[str, ...]:
    """List moto's modules once; for each request it looks into its own folder, twice."""
    return tuple(_list_of_moto_modules())


_list_of_moto_modules = backends.list_of_moto_modules


_keys: dict[tuple[Any, str, type], tuple[str, ...]] = {}
_possible_keys = XFormedAttributePicker.get_possible_keys


def possible_keys(self: Any, context: Any) -> tuple[str, ...]:
    """Work out once by which names a class of objects may have a member of an answer.

    By its shape, name and class alone; moto does it for each object anew, a tenth of its work.
    """
    if self.alias_providers is not DEFAULT_ALIAS_PROVIDERS:
        return tuple(_possible_keys(self, context))
    known = (context.shape, context.key, type(context.obj))
    if known not in _keys:
        _keys[known] = tuple(dict.fromkeys(_possible_keys(self, context)))
    return _keys[known]


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    XFormedAttributePicker.get_possible_keys = possible_keys
    # It makes one for each service, and each looks for all services there are.
    utils.create_loader = cache(utils.create_loader)
    backends.list_of_moto_modules = names_of_modules
    kms.generate_private_key = private_key
    # It looks a service's methods up for each request.
    responses.method_names_from_class = cache(responses.method_names_from_class)
    AccountSpecificBackend._generate_regions = generate_regions  # noqa: SLF001
    models.get_account_id_from = account_of
    models.IAMBackend._init_aws_policies = managed_policies  # noqa: SLF001
