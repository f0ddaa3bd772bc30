import { Readable } from "node:stream";
import { GetObjectCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { type Delivered, LARGEST_POLICY } from "../../policy/delivered.ts";

/** Reads a policy in an object of S3; its revision is the object's version, or else its entity tag. Throws the SDK's errors. */
export function objectReader({ bucket, key }: { readonly bucket: string; readonly key: string }, settings: S3ClientConfig) {
  // The bucket may be in another region.
  const client = new S3Client({ followRegionRedirects: true, ...settings });
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  return async (abortSignal: AbortSignal): Promise<Delivered> => {
    const { Body: body, ContentLength: length = 0, VersionId, ETag } = await client.send(command, { abortSignal });
    if (length > LARGEST_POLICY) {
      if (body instanceof Readable) body.destroy();
      throw new RangeError(`found an object of ${length} bytes, expected at most ${LARGEST_POLICY}`);
    }
    // Without versioning, S3 calls every version "null".
    const revision = VersionId === undefined || VersionId === "null" ? ETag : VersionId;
    return { bytes: (await body?.transformToByteArray()) ?? new Uint8Array(), ...(revision !== undefined && { revision }) };
  };
}
