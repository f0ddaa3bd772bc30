// Constructed in the shape of https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
const STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/0c1b2a30-1111-2222-3333-444455556666";
/** What CloudFormation writes for a value that it does not know yet. */
export const AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";

interface ChangeDraft {
  readonly Action: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly PhysicalResourceId?: string;
  readonly Replacement?: string;
  readonly before?: object;
  readonly after?: object;
}

/** A change set as a file, of a stack `web` in eu-west-1. */
export function changeSet(changes: readonly ChangeDraft[], more: object = {}): { file: string; text: string } {
  const context = (properties: object | undefined) => (properties === undefined ? undefined : JSON.stringify({ Properties: properties }));
  const Changes = changes.map(({ before, after, ...change }) => ({
    Type: "Resource",
    ResourceChange: { Scope: [], Details: [], ...change, BeforeContext: context(before), AfterContext: context(after) },
  }));
  return {
    file: "change-set.json",
    text: JSON.stringify({
      ChangeSetName: "c",
      StackId: STACK_ID,
      StackName: "web",
      Status: "CREATE_COMPLETE",
      Parameters: [{ ParameterKey: "From", ParameterValue: "0.0.0.0/0" }],
      Changes,
      ...more,
    }),
  };
}
