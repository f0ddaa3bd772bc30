import { cidrsOfV4, cidrsOfV6, parseCidr } from "../model/cidr.ts";

const MOST = 256;

/**
 * Fn::Cidr: the first `count` blocks of a block, each with `bits` host bits
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html).
 * Undefined where CloudFormation would refuse it. Throws InvalidCidrError.
 */
export function cidrBlocks(block: string, count: number, bits: number): string[] | undefined {
  const { family, range } = parseCidr(block);
  const [first, last] = [BigInt(range[0]), BigInt(range[1])];
  if (!Number.isInteger(count) || count < 1 || count > MOST || !Number.isInteger(bits) || bits < 1 || bits > 128) return undefined;
  const size = 1n << BigInt(bits);
  if (first + size * BigInt(count) - 1n > last) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [first + size * BigInt(i), first + size * BigInt(i + 1) - 1n];
    return family === 4 ? cidrsOfV4([Number(from), Number(to)]) : cidrsOfV6([from, to]);
  }).flat();
}
