"""Who am I, by the SDK for C++ in Arrow: probeArrow.py PROFILE. Prints the names in a bucket, which has one for the caller."""
import os
import sys

os.environ["AWS_PROFILE"] = sys.argv[1]

from pyarrow import fs  # noqa: E402, reads the environment

s3 = fs.S3FileSystem(region="eu-west-1", endpoint_override=os.environ["AWS_ENDPOINT_URL_S3"])
for found in s3.get_file_info(fs.FileSelector("dev-logs", recursive=True)):
    print(found.path)
