import { member, textOf, textsIn } from "../fields.ts";
import { callShape, type Shape } from "../shape.ts";
import { watch } from "../watched.ts";

// https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html
const share = (tells: string): Shape =>
  callShape("account", tells, {
    subject: ({ account }) => account,
    details: ({ request, answer }) => ({
      resourceShareArn: textOf(member(request, "resourceShareArn")) ?? textOf(member(member(answer, "resourceShare"), "resourceShareArn")),
      resourceArns: joined(textsIn(request, "resourceArn")),
      principals: joined(textsIn(request, "principal")),
      allowExternalPrincipals: textOf(member(request, "allowExternalPrincipals")),
    }),
  });

/** Resource Access Manager: what an account lets others use. */
export const shareCalls = watch("ram.amazonaws.com", {
  CreateResourceShare: share("the resources that are shared, and with whom"),
  AssociateResourceShare: share("the resources or principals that join a share"),
});

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(",");
}
