"""Who am I, by boto3: probe.py PROFILE [CALLS]. Prints {"arn", "method"}; with CALLS, asks so often in one session."""

import json
import sys

import boto3

profile, calls = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
session = boto3.Session(profile_name=profile)
for _ in range(calls):
    arn = session.client("sts").get_caller_identity()["Arn"]
print(json.dumps({"arn": arn, "method": session.get_credentials().method}))
