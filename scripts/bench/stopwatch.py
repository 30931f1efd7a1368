"""Runs commands in shuffled rounds and says what each run took. JSON on standard input and output; see stopwatch.ts.

Python because it can ask the system for a child's CPU time and peak memory, which Node cannot.
"""

import json
import os
import random
import shutil
import sys
import time

NULL = os.open(os.devnull, os.O_RDWR)
# As an SDK starts a credential_process. Emptied after each command: fifty answers fit into it.
OUTPUT, INPUT = os.pipe()
os.set_blocking(OUTPUT, False)
STREAMS = [(os.POSIX_SPAWN_DUP2, source, stream) for stream, source in enumerate((NULL, INPUT, NULL))]
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def own_peak():
    """A child starts with the peak of its parent: what is no more than that is unknown."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return 0


def prepare(command):
    for path in command.get("remove", []):
        if os.path.exists(path):
            os.unlink(path)
    for source, target in command.get("copy", []):
        shutil.copyfile(source, target)


def start(command):
    argv = command["argv"]
    return os.posix_spawn(argv[0], argv, command["env"], file_actions=STREAMS)


def empty_pipe():
    try:
        while os.read(OUTPUT, 65536):
            pass
    except BlockingIOError:
        pass


def run(command):
    prepare(command)
    began = time.monotonic()
    running = {start(command) for _ in range(command.get("parallel", 1))}
    cpu, peak, codes, ended = 0.0, 0, [], []
    while running:
        pid, status, usage = os.wait4(-1, 0)
        ended.append(time.time() * 1000)
        running.discard(pid)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * RSS_UNIT)
        codes.append(os.waitstatus_to_exitcode(status))
    elapsed = time.monotonic() - began
    empty_pipe()
    result = {"ms": elapsed * 1000, "cpuMs": cpu * 1000, "codes": codes, "endedAt": ended}
    if peak > own_peak():
        result["peakBytes"] = peak
    return result


def main():
    task = json.load(sys.stdin)
    commands = task["commands"]
    results = [[] for _ in commands]
    order = list(range(len(commands)))
    for round_number in range(-task["warmUps"], task["rounds"]):
        random.shuffle(order)
        for index in order:
            result = run(commands[index])
            if round_number >= 0:
                results[index].append(result)
    json.dump(results, sys.stdout)


main()
