"""A small shop's database, for what is backed up and restored."""

SCHEMA = (
    "create extension if not exists pg_trgm",
    "create table customers (id bigint generated always as identity primary key, email text)",
    "create table orders (id serial primary key, customer bigint references customers,"
    " made timestamptz not null default now())",
    "create table readings (id int, day date) partition by range (day)",
    "create table readings_1 partition of readings"
    " for values from ('2031-01-01') to ('2032-01-01')",
    "create table schema_steps (step text, number int)",
    "insert into schema_steps values ('first', 1), ('second', 2)",
    "insert into customers (email) select 'person' || n || '@example.com'"
    " from generate_series(1, 100) n",
    "insert into orders (customer) select id from customers",
    "insert into readings select n, '2031-05-01' from generate_series(1, 10) n",
)
