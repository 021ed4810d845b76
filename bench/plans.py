"""Which statements PostgreSQL would run by reading a large table whole, planned without their values, as the service has them planned;
but the service forbids it where there is any other way, which would hide them here. What a test on small tables cannot see: 64
records were joined to all payloads there are."""
import glob, os, re

TYPES = {"int": "bigint", "time": "bigint", "text": "text", "id": "bytea", "bytes": "bytea", "bool": "boolean"}
LARGE = 100000  # rows
MAY = {"search_empty"}  # it empties its table


def statements(root):
    """name, types of what is given, text for PostgreSQL (tool/sqlgen.c says how they are written)."""
    for path in sorted(glob.glob(os.path.join(root, "sql", "*.sql"))):
        with open(path) as f:
            text = f.read()
        for name, given, lite, pg in re.findall(r"^-- ([a-z]\w*)\(([^)]*)\)[^\n]*\n(.*?;)\n(?:-- pg\n(.*?;)\n)?", text, re.S | re.M):
            yield name, ["bigint"] + [TYPES[g.split()[1]] for g in given.split(",") if g.strip()], pg or lite


def whole(root, sql):
    """Names of them; sql(words) asks the database. None where no table is large: there is nothing to be seen."""
    large = set(sql(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > {LARGE}").split())
    if not large:
        return None
    found = []
    for name, types, text in statements(root):
        plan = sql(f"SET plan_cache_mode = force_generic_plan; PREPARE it ({', '.join(types)}) AS {text} "
                   f"EXPLAIN EXECUTE it ({', '.join(['NULL'] * len(types))})")
        if name not in MAY and any(t in large for t in re.findall(r"Seq Scan on (\w+)", plan)):
            found.append(name)
    return found
