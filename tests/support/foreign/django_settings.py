"""Django's settings for the foreign shop, read by its own Python and never by this project's."""

import os
from importlib import import_module

globals().update(vars(import_module("oscar.defaults")))

SECRET_KEY = "of no use: nobody logs in here"  # noqa: S105
PARTS = [
    "analytics",
    "checkout",
    "address",
    "shipping",
    "catalogue",
    "catalogue.reviews",
    "communication",
    "partner",
    "basket",
    "payment",
    "offer",
    "order",
    "customer",
    "search",
    "voucher",
    "wishlists",
    "dashboard",
]
PAGES = [
    "reports",
    "users",
    "orders",
    "catalogue",
    "offers",
    "partners",
    "pages",
    "ranges",
    "reviews",
    "vouchers",
    "communications",
    "shipping",
]
INSTALLED_APPS = [
    *(f"django.contrib.{each}" for each in ("admin", "auth", "contenttypes", "sessions")),
    *(f"django.contrib.{each}" for each in ("messages", "sites", "flatpages", "redirects")),
    "oscar.config.Shop",
    *(
        f"oscar.apps.{each}.apps.{''.join(map(str.capitalize, each.split('.')))}Config"
        for each in PARTS
    ),
    *(f"oscar.apps.dashboard.{each}.apps.{each.capitalize()}DashboardConfig" for each in PAGES),
    *("widget_tweaks", "haystack", "treebeard", "django_tables2"),
]
SITE_ID = 1
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **{name: os.environ[f"PG{name}"] for name in ("HOST", "PORT", "USER")},
        "NAME": os.environ["PGDATABASE"],
    }
}
