"""Compares what botocore reads in config files with what sso-cred read there.

    python3 init_botocore.py FOLDER

For every NAME.config in FOLDER there is a NAME.json: {"profiles": {NAME: {KEY: VALUE}}, "sessions": {…}}, the sections to
compare. Prints each difference; exit code 1 when there is one, 2 when nothing was compared.
"""

import json
import pathlib
import shlex
import sys

from botocore.configloader import load_config
from botocore.compat import compat_shell_split


def differences(case):
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    found = load_config(str(case))
    for kind, key in (("profiles", "profiles"), ("sessions", "sso_sessions")):
        for name, keys in expected[kind].items():
            if found.get(key, {}).get(name) != keys:
                yield f"{case.name}: {kind} {name}: {found.get(key, {}).get(name)} instead of {keys}"
    for name, words in expected.get("commands", {}).items():
        line = found["profiles"][name]["credential_process"]
        for split in (compat_shell_split, shlex.split):
            if split(line) != words:
                yield f"{case.name}: {name}: {split(line)} instead of {words}"


def main(folder):
    cases = sorted(pathlib.Path(folder).glob("*.config"))
    found = [difference for case in cases for difference in differences(case)]
    print("\n".join(found or [f"botocore reads {len(cases)} configs as sso-cred does"]))
    return 1 if found else 0 if cases else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
