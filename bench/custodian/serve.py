"""Hands each event, a line of JSON on standard input, to Cloud Custodian's own Lambda handler.

Prints a line of JSON for each: when the handler was entered and left (CLOCK_MONOTONIC, nanoseconds) and the most memory
that the process has had (bytes). Runs in a folder with a config.json, as Custodian's archive for Lambda has one.
"""

import json
import resource
import sys
import time

from c7n.handler import dispatch_event


class Context:
    """What Custodian reads of Lambda's context."""

    function_name = "custodian-high-risk-security-groups-remediate"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis():
        return 60_000


for line in sys.stdin:
    event = json.loads(line)
    entered = time.monotonic_ns()
    dispatch_event(event, Context())
    left = time.monotonic_ns()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"entered": entered, "left": left, "peak": peak}), flush=True)
