"""A value of each kind that the scan must find; none of them is anybody's."""

from collections.abc import Mapping

REAL: Mapping[str, str] = {
    "email": "erika.mustermann@posteo.de",
    "url": "https://www.somebody-else.de/people/17",
    "ip-address": "81.169.145.12",
    "phone": "+49 30 901820",
    "phone-national": "030 90182 0123",
    "iban": "DE89 3704 0044 0532 0130 00",
    "payment-card": "4111 1111 1111 1111",
    "us-ssn": "078-05-1120",
    "uk-nino": "AB 12 34 56 C",
    "de-tax-id": "86095742719",
    "nl-bsn": "111222333",
    "es-dni": "12345678Z",
    "fr-nir": "255081416802538",
    "it-codice-fiscale": "RSSMRA85T10A562S",
    "json-web-token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "private-key": "-----BEGIN EC PRIVATE KEY-----",
    "aws-access-key": "AKIAIOSFODNN7EXAMPLE",
    "password-hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
}
