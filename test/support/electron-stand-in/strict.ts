// A stand-in that is asked for something that it does not have says so, instead of answering undefined.

export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key === 'then' || key in object) {
        const value: unknown = Reflect.get(object, key, object);
        return typeof value === 'function' && !isClass(value) ? (value.bind(object) as unknown) : value;
      }
      throw new Error(`the stand-in for Electron has no ${name}.${key}`);
    },
  });
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
function isClass(value: Function): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
