"""Has moto's EC2 answer reads of security groups as they stood a moment ago, when it is asked to: EC2 is eventually consistent."""

import bisect
import copy
import json
import time
from contextlib import contextmanager

# {"sg-...": seconds since the epoch}: these groups are to be shown as they stood then.
HEADER = "x-as-of"


@contextmanager
def remembering(group):
    """Keeps how the group stood before and after what is done within. Whoever changes rules of the group does it in here."""
    if not hasattr(group, "stood"):
        group.stood = [(0.0, group.ingress_rules, group.egress_rules)]
    # Changing a rule changes it in place: what is remembered keeps the old one.
    group.ingress_rules, group.egress_rules = copied(group.ingress_rules), copied(group.egress_rules)
    yield
    group.stood.append((time.time(), list(group.ingress_rules), list(group.egress_rules)))


def copied(rules):
    copies = [copy.copy(rule) for rule in rules]
    for rule in copies:
        rule.ip_range = copy.copy(rule.ip_range)
    return copies


def as_of(group, then):
    stood = getattr(group, "stood", [(0.0, group.ingress_rules, group.egress_rules)])
    _, ingress, egress = stood[bisect.bisect_right([at for at, _, _ in stood], then) - 1]
    view = copy.copy(group)
    view.ingress_rules, view.egress_rules = ingress, egress
    return view


def answer_as_of(alone):
    """Teaches moto the header; `alone` is the lock of whoever changes rules."""
    from moto.ec2.responses.security_groups import SecurityGroups

    def stale(call):
        def read(self):
            wanted = json.loads(self.headers.get(HEADER) or "{}")
            with alone:
                replaced = []
                for groups in self.ec2_backend.groups.values():
                    for id, then in wanted.items():
                        if id in groups:
                            replaced.append((groups, id, groups[id]))
                            groups[id] = as_of(groups[id], then)
                try:
                    return call(self)
                finally:
                    for groups, id, group in replaced:
                        groups[id] = group

        return read

    for name in ("describe_security_groups", "describe_security_group_rules"):
        setattr(SecurityGroups, name, stale(getattr(SecurityGroups, name)))
