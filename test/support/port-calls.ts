/** Stands around each call of a port: makes it, sooner or later or never. `name` is such as `ledger.decide`. */
export type Around = (name: string, act: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

// What answers at once, and changes nothing.
const AT_ONCE: ReadonlySet<unknown> = new Set(["now", "timeLeft", "add"]);

/** The port, with something around each of its calls. */
export function surrounded<Port extends object>(name: string, port: Port, around: Around): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function" || typeof key === "symbol") return member;
      if (name === "clock" && AT_ONCE.has(key)) return member.bind(target);
      return (...args: unknown[]) => around(`${name}.${key}`, async () => Reflect.apply(member, target, args), args);
    },
  });
}
