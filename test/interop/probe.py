"""Who am I, by boto3: probe.py PROFILE, `-` for none. Prints {"arn", "method"}, PROBE_TIMES times in one session."""

import json
import os
import sys
import time

import boto3

profile = None if sys.argv[1] == "-" else sys.argv[1]
session = boto3.Session(profile_name=profile)
for number in range(int(os.environ.get("PROBE_TIMES", "1"))):
    if number > 0:
        time.sleep(float(os.environ["PROBE_PAUSE_SECONDS"]))
    arn = session.client("sts").get_caller_identity()["Arn"]
    print(json.dumps({"arn": arn, "method": session.get_credentials().method}), flush=True)
