"""Save moto's whole state to a file and load it again.

All back ends of all accounts and regions go into one pickle, so that what they share stays shared.
The file fits the moto version that wrote it, whose number it carries.
"""

import copyreg
import os
import pickle
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dill
import moto
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from moto.awslambda.models import LambdaStorage
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.iam.models import AWSManagedPolicy
from moto.moto_api._internal import mock_random
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.ssm.models import ParameterDict, SimpleSystemManagerBackend

from sandbox.aws.mends.speed import managed_policy
from sandbox.errors import SandboxError

OTHER_PARTITIONS = "aws-"
"""How moto names the back ends of global services in China, GovCloud and the like.

It makes them together with that of the only partition that a sandbox has, and they stay empty.
"""


def save(file: Path) -> None:
    """Write the state beside ``file``, then put it in its place.

    Raises SandboxError when the disk does not take it; an older file then stays as it was.
    """
    state = {
        (_module(backend), account, region): backend
        for backends in list(BackendDict._instances)  # noqa: SLF001  (moto offers no list of them)
        for account, regions in backends.items()
        for region, backend in dict.items(regions)
        if not region.startswith(OTHER_PARTITIONS)
    }
    document = {"moto": moto.__version__, "state": state, "random": mock_random.getstate()}
    beside = file.with_suffix(".part")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)  # Secrets and private keys stand in it as they are.
        with beside.open("wb") as stream:
            stream.write(_dumped(document))
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except Exception as error:
        beside.unlink(missing_ok=True)
        reason = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise SandboxError(f"{file.name}: cannot save the sandbox's state: {reason}") from error


def _dumped(document: Any) -> bytes:
    """Return the pickle; dill, many times slower, takes the functions that a few services keep."""
    try:
        return pickle.dumps(document, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError):
        return bytes(dill.dumps(document))


def load(file: Path) -> bool:
    """Load the state if there is one; return whether there was.

    Raises SandboxError for a file that is damaged or of another moto version.
    """
    if not file.exists():
        return False
    try:
        document = dill.loads(file.read_bytes())  # noqa: S301  (our own file, in the project folder)
        saved_by = document["moto"]
    except Exception as error:
        reason = " ".join(str(error).split())
        raise SandboxError(
            f"{file}: the sandbox's state cannot be read ({reason}): `make down`"
        ) from error
    if saved_by != moto.__version__:
        raise SandboxError(
            f"{file}: was saved by moto {saved_by}, not {moto.__version__}: `make down`"
        )
    for (module, account, region), backend in document["state"].items():
        dict.__setitem__(get_backend(module)[account], region, backend)
    mock_random.setstate(document["random"])
    return True


def _module(backend: Any) -> str:
    """Return moto's name of the service that a back end belongs to: ``ec2``, ``awslambda``."""
    return type(backend).__module__.split(".")[1]


# What pickle cannot take as it is: keys and certificates, weak dictionaries, locks, a dictionary of
# moto's whose constructor wants arguments, two that a lambda fills, and where a listing by tags has
# come to. The loaders are functions of this module, since pickle cannot find those of the
# cryptography package by name.


def _private_key(pem: bytes) -> Any:
    # Checking that a key of our own writing is one would take a third of the time of loading.
    return serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


def _public_key(pem: bytes) -> Any:
    return serialization.load_pem_public_key(pem)


def _certificate(pem: bytes) -> Any:
    return x509.load_pem_x509_certificate(pem)


def _as_private_pem(key: Any) -> tuple[Any, tuple[bytes]]:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _private_key, (pem,)


def _as_public_pem(key: Any) -> tuple[Any, tuple[bytes]]:
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return _public_key, (pem,)


def _as_certificate_pem(certificate: Any) -> tuple[Any, tuple[bytes]]:
    return _certificate, (certificate.public_bytes(serialization.Encoding.PEM),)


def _weak(values: Any) -> tuple[Any, ...]:
    return weakref.WeakValueDictionary, (), None, None, iter(list(values.items()))


def _as_new_lock(_: Any) -> tuple[Any, ...]:
    return threading.RLock, ()


def _bare(cls: Any) -> Any:
    return cls.__new__(cls)


def _parameters(values: Any) -> tuple[Any, ...]:
    return _bare, (type(values),), dict(values.__dict__), None, iter(list(values.items()))


def _managed_policy(name: str, account: str, partition: str) -> Any:
    # By this name and place in every state that was saved.
    return managed_policy(name, account, partition)


def _as_managed_policy(policy: Any) -> tuple[Any, ...]:
    """Leave out what AWS wrote: over a thousand documents for each account."""
    ours = {name: vars(policy)[name] for name in ("attachment_count", "id")}
    return _managed_policy, (policy.name, policy.account_id, policy.partition), ours


def _save_as(cls: Any, attribute: str, saved: Callable[[Any], Any]) -> None:
    """Have another value saved in place of an attribute's."""
    cls.__getstate__ = lambda self: {**vars(self), attribute: saved(vars(self)[attribute])}


def _register() -> None:
    keys = (  # Their types are wanted.
        rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
    )
    for key in keys:
        copyreg.pickle(type(key), _as_private_pem)
        copyreg.pickle(type(key.public_key()), _as_public_pem)
    copyreg.pickle(x509.Certificate, _as_certificate_pem)
    copyreg.pickle(AWSManagedPolicy, _as_managed_policy)
    copyreg.pickle(weakref.WeakValueDictionary, _weak)
    copyreg.pickle(type(threading.RLock()), _as_new_lock)
    ParameterDict.__reduce__ = _parameters
    by_name: Callable[[Any], Any] = partial(defaultdict, dict)
    _save_as(LambdaStorage, "_aliases", by_name)
    _save_as(SimpleSystemManagerBackend, "_resource_tags", partial(defaultdict, by_name))
    # A listing that is under way is forgotten: AWS's own tokens are not good for long either.
    _save_as(ResourceGroupsTaggingAPIBackend, "_pages", lambda _: {})


_register()
