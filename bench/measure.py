"""What the benches have in common: asking a programme, the machine they ran on, memory, a ratio as a figure."""
import os, re, subprocess, sys


def out(*words, given=None, env=None, show=False):
    """Standard output of a programme that must go well; `show`: its progress is seen."""
    r = subprocess.run(words, stdout=subprocess.PIPE, stderr=None if show else subprocess.PIPE, text=True, input=given, env=env)
    if r.returncode:
        sys.exit(f"{' '.join(words)}: {r.returncode}: {r.stderr or r.stdout}")
    return r.stdout


def pss(pids):
    """MiB of memory of these processes, what is shared divided among those that share it."""
    kib = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            kib += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    return kib / 1024


def machine(place):
    with open("/proc/cpuinfo") as f:
        text = f.read()
    name = re.search(r"model name\s*: (.*)", text)
    return {"processor": name[1] if name else "unknown", "cores": os.cpu_count(), "kernel": os.uname().release,
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            "file_system": out("stat", "-f", "-c", "%T", place).strip(), "load": os.getloadavg()[0]}


def ratio(what, value, goal, most=False, unit=""):
    met = (value <= goal if most else value >= goal) if goal is not None else None
    return {"name": "bench", "what": what, "ratio": round(value, 3), "goal": goal, "met": met, **({"unit": unit} if unit else {}),
            **({"most": True} if most else {})}
