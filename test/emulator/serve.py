"""Serves one emulator on a free loopback port: `python serve.py moto|ministack`.

Prints `{"port": N}` once the port is bound, and ends when its standard input closes, so that no emulator
outlives the process that started it, however that one died.
"""

import asyncio
import json
import os
import socket
import sys
import threading

import stale
import taught


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def bind_free_port() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def announce(listener: socket.socket) -> None:
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)


def change_rules_whole() -> None:
    """Has a call that changes the rules of a group take effect as a whole or not at all, one call after the other, as EC2 does.

    moto takes one permission after the other, and may refuse the call for a later one.
    """
    from moto.ec2.models.security_groups import SecurityGroupBackend
    from moto.ec2.responses.security_groups import SecurityGroups

    alone = threading.RLock()
    stale.answer_as_of(alone)

    def whole(call):
        def change(self):
            groups: SecurityGroupBackend = self.ec2_backend
            with alone:
                named = self._get_param("GroupId") or self._get_param("GroupName")
                group = groups.get_security_group_by_name_or_id(named, None) if named else None
                if group is None:
                    return call(self)
                before = list(group.ingress_rules), list(group.egress_rules)
                try:
                    with stale.remembering(group):
                        return call(self)
                except Exception:
                    group.ingress_rules, group.egress_rules = before
                    raise

        return change

    for name in ("authorize", "revoke"):
        for direction in ("ingress", "egress"):
            method = f"{name}_security_group_{direction}"
            setattr(SecurityGroups, method, whole(getattr(SecurityGroups, method)))
    SecurityGroups.modify_security_group_rules = whole(SecurityGroups.modify_security_group_rules)


def serve_moto(listener: socket.socket) -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    change_rules_whole()
    taught.name_accounts_by_keys()
    taught.share_organization()
    taught.target_stack_instances()
    server = make_server(
        "127.0.0.1",
        listener.getsockname()[1],
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
        fd=listener.fileno(),
    )
    announce(listener)
    server.serve_forever()


def forward_across_accounts(eventbridge) -> None:
    """Has rules forward to the bus of another account or region, as EventBridge does: MiniStack drops such events.

    The event keeps the account that it comes from, which is what EventBridge hands on. What MiniStack does not try are the
    policy of that bus and the role of the target.
    """
    from ministack.core.responses import request_scope

    forward = eventbridge._dispatch_to_event_bus

    def forward_there(spec, event, rule, event_path, target_input_payload=None):
        with request_scope(spec.account_id, spec.region):
            forward(spec, event, rule, event_path, target_input_payload)

    eventbridge._dispatch_to_event_bus = forward_there


def serve_ministack(listener: socket.socket) -> None:
    # MiniStack reads its settings while it is imported.
    os.environ["GATEWAY_PORT"] = str(listener.getsockname()[1])
    os.environ["MINISTACK_HOST"] = "127.0.0.1"
    # Listeners on fixed ports that nothing here talks to.
    os.environ["SFTP_ENABLED"] = os.environ["IOT_MTLS_ENABLED"] = "0"

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app
    from ministack.services import eventbridge

    # PutEvents refuses `aws.*` sources, as EventBridge does. Whoever puts events here plays CloudTrail's part, and so the
    # rule of the stack is tried as it will be deployed, with `source: aws.ec2`.
    eventbridge._put_events.__defaults__ = (True,)
    forward_across_accounts(eventbridge)
    taught.know_where_conditions_are()
    taught.know_more_resources()

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    announce(listener)
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    emulators = {"moto": serve_moto, "ministack": serve_ministack}
    if len(sys.argv) != 2 or sys.argv[1] not in emulators:
        sys.exit(f"usage: python serve.py {'|'.join(emulators)}")
    threading.Thread(target=end_with_parent, daemon=True).start()
    emulators[sys.argv[1]](bind_free_port())
