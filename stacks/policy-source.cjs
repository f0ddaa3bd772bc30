// What the functions may read where the policy is delivered while they run (policySource), and where they keep the last good one.
// Nothing of it exists where the policy is bundled. A program and no template, since IAM wants the arn that the name stands for.
const APPCONFIG = ["appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"];
// AppConfig and Systems Manager are asked in the stack's own account and region.
const here = (service, resource) => ({ "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` });

/** What may be done, and on what. */
function readingOf(source) {
  switch (source.kind) {
    case "ssm":
      return { Action: "ssm:GetParameter", Resource: here("ssm", `parameter/${source.parameter.replace(/^\//, "")}`) };
    case "s3":
      return { Action: "s3:GetObject", Resource: { "Fn::Sub": `arn:\${AWS::Partition}:s3:::${source.bucket}/${source.key}` } };
    case "appconfig": {
      const { application, environment, profile } = source;
      const resource = `application/${application}/environment/${environment}/configuration/${profile}`;
      return { Action: APPCONFIG, Resource: here("appconfig", resource) };
    }
  }
}

function policyOf(source) {
  return {
    Type: "AWS::IAM::Policy",
    Properties: {
      PolicyName: "policy-source",
      Roles: [
        { Ref: "GuardRole" },
        { Ref: "SweepRole" },
        { Ref: "NotifyRole" },
        { Ref: "DigestRole" },
        { "Fn::If": ["SlackAnswers", { Ref: "RespondRole" }, { Ref: "AWS::NoValue" }] },
      ],
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Sid: "ReadThePolicy", Effect: "Allow", ...readingOf(source) },
          {
            Sid: "KeepTheLastGoodPolicy",
            Effect: "Allow",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: { "Fn::GetAtt": ["Ledger", "Arn"] },
            Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["policy/current"] } },
          },
        ],
      },
    },
  };
}

module.exports = async ({ resolveVariable }) => {
  const name = await resolveVariable("param:policySource, ''");
  if (!name) return { Resources: {} };
  const { readSourceName } = await import("../lib/policy/source-name.ts");
  return { Resources: { PolicySource: policyOf(readSourceName(name)) } };
};
