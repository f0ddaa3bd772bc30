"""What AWS does and an emulator by itself does not, as far as docs/deploy.md needs it. serve.py calls these."""

import re

def name_accounts_by_keys() -> None:
    """Has moto take an access key id of twelve digits for the account that they name, as MiniStack does."""
    from moto.core.responses import BaseResponse
    from moto.iam import models as iam

    BaseResponse.access_key_regex = re.compile(r"AWS.*(?<![A-Z0-9])([A-Z0-9]{20}|[0-9]{12})(?![A-Z0-9])[:/]")
    account_of = iam.get_account_id_from
    iam.get_account_id_from = lambda key: key if re.fullmatch("[0-9]{12}", key) else account_of(key)


def share_organization() -> None:
    """Has moto show the organization to its members as it does to the management account.

    AWS does so to delegated administrators, which moto does not check. For StackSets of service-managed permissions it is the
    same organization, too (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html).
    """
    from moto.cloudformation.models import StackInstances
    from moto.organizations.models import FakeDelegatedAdministrator, organizations_backends
    from moto.organizations.responses import OrganizationsResponse

    FakeDelegatedAdministrator.SUPPORTED_SERVICES.append("member.org.stacksets.cloudformation.amazonaws.com")

    def backend_of(account, partition):
        master, _ = organizations_backends.master_accounts.get(account, (account, partition))
        return organizations_backends[master][partition]

    OrganizationsResponse.organizations_backend = property(lambda self: backend_of(self.current_account, self.partition))
    StackInstances.org_backend = property(lambda self: backend_of(self.account_id, self.partition))


def target_stack_instances() -> None:
    """Has moto update and delete the stack instances of organizational units; it knows them only where it creates.

    Units mean the accounts in them and in units below; with the filter INTERSECTION, those of them that are named, too; the
    management account is none (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html).
    Instances have no resources here: whoever wants them deploys the template where it can be deployed.
    """
    from moto.cloudformation import models, responses
    from moto.cloudformation.exceptions import ValidationError

    def initialize(self, account_id, region_name, stackset_id, stack_name, name, template, parameters, permission_model):
        self.account_id, self.region_name = account_id, region_name
        self.stackset_id, self.stack_name = stackset_id, stack_name
        # Those of the StackSet come as a dictionary, and override nothing.
        self.parameters = parameters if isinstance(parameters, list) else []

    models.StackInstance.__init__ = initialize
    models.StackInstance.delete = lambda self: None

    def accounts_in(organization, unit):
        for account in organization.accounts:
            if account.parent_id == unit and account.id != organization.org.master_account_id:
                yield account.id
        for below in organization.ou:
            if below.parent_id == unit:
                yield from accounts_in(organization, below.id)

    def targeted(response):
        targets = response._get_params().get("DeploymentTargets") or {}
        units = targets.get("OrganizationalUnitIds")
        if not units:
            raise ValidationError(message="OrganizationalUnitIds are required")
        instances = response.cloudformation_backend.describe_stack_set(response._get_param("StackSetName")).instances
        found = {account for unit in units for account in accounts_in(instances.org_backend, unit)}
        if targets.get("AccountFilterType") == "INTERSECTION":
            found &= set(targets.get("Accounts", []))
        return sorted(found)

    # The accounts that it is given are all that are meant.
    create = models.StackInstances.create_instances
    models.StackInstances.create_instances = lambda self, accounts, regions, parameters, deployment_targets, permission_model: create(
        self, accounts, regions, parameters, {}, permission_model
    )

    Response = responses.CloudFormationResponse
    get_param = Response._get_param

    def with_targets(method):
        def carry_out(self):
            accounts = targeted(self)
            self._get_param = lambda name, default=None: accounts if name == "Accounts" else get_param(self, name, default)
            return method(self)

        return carry_out

    for name in ("create_stack_instances", "update_stack_instances", "delete_stack_instances"):
        setattr(Response, name, with_targets(getattr(Response, name)))


def know_where_conditions_are() -> None:
    """Has MiniStack's CloudFormation know the account, the region and the partition in conditions, too: there it takes
    `AWS::Region` for a text."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    evaluate = engine._evaluate_conditions

    def evaluate_there(template, params):
        place = {"AWS::AccountId": get_account_id(), "AWS::Region": get_region(), "AWS::Partition": "aws"}
        return evaluate(template, {**{name: {"Value": value} for name, value in place.items()}, **params})

    for module in (changesets, engine, handlers, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = evaluate_there


def know_more_resources() -> None:
    """Has MiniStack's CloudFormation keep what it does not know: policies of event buses, which its buses know but do not try, and
    alarms on several metrics, which it cannot work out. They are there and do nothing."""
    from ministack.services import eventbridge
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS

    def put_policy(logical_id, props, stack_name):
        statement = {"Sid": props["StatementId"], **props["Statement"]}
        eventbridge._event_bus_policies[props["EventBusName"]] = {"Version": "2012-10-17", "Statement": [statement]}
        return f"{props['EventBusName']}|{props['StatementId']}", {}

    def delete_policy(physical_id, props):
        eventbridge._event_bus_policies.pop(props["EventBusName"], None)

    def update_policy(physical_id, old_props, new_props, stack_name):
        return put_policy("", new_props, stack_name)

    handlers["AWS::Events::EventBusPolicy"] = {"create": put_policy, "update": update_policy, "delete": delete_policy}

    alarm = dict(handlers["AWS::CloudWatch::Alarm"])

    def create_alarm(logical_id, props, stack_name):
        if "Metrics" in props:
            return props["AlarmName"], {}
        return alarm["create"](logical_id, props, stack_name)

    def update_alarm(physical_id, old_props, new_props, stack_name, logical_id=None):
        if "Metrics" in new_props:
            return new_props["AlarmName"], {}
        return alarm["update"](physical_id, old_props, new_props, stack_name, logical_id)

    def delete_alarm(physical_id, props):
        if "Metrics" not in props:
            alarm["delete"](physical_id, props)

    handlers["AWS::CloudWatch::Alarm"] = {**alarm, "create": create_alarm, "update": update_alarm, "delete": delete_alarm}
