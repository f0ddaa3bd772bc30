/** A port whose code is loaded with its first call. Each of its methods answers with a promise. */
export function lazily<Port extends object>(load: () => Promise<Port>): Port {
  let port: Promise<Port> | undefined;
  const loaded = () => {
    port ??= load();
    return port;
  };
  const call = async (name: string | symbol, args: readonly unknown[]) => {
    const target: object = await loaded();
    return Reflect.apply(Reflect.get(target, name), target, args);
  };
  return new Proxy(Object.create(null), {
    get: (_, name) => (name === "then" ? undefined : (...args: readonly unknown[]) => call(name, args)),
  });
}
