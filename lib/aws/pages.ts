/** Asks until there is no further page; `read` is given the token of the next one. Throws what it throws. */
export async function allPages<Item>(
  read: (token: { NextToken?: string }) => Promise<[items: readonly Item[] | undefined, next: string | undefined]>,
): Promise<Item[]> {
  const all: Item[] = [];
  let next: string | undefined;
  do {
    const [items = [], token] = await read(next === undefined ? {} : { NextToken: next });
    for (const item of items) all.push(item);
    next = token === "" ? undefined : token;
  } while (next !== undefined);
  return all;
}
