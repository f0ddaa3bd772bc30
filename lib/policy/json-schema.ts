import * as z from "zod/mini";
import { PolicyDocument } from "./schema.ts";

/** The JSON Schema of portcullis.yml for editors, draft 7: the one that their YAML plug-ins know best. */
export function policySchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(PolicyDocument, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "portcullis.yml",
    description: "The policy of Portcullis: what may be open, and what happens to the rest.",
    ...rest,
  };
}
