/**
 * Whether what a transaction was given is to blame: PostgreSQL calls it a data exception (22) or more than it can hold (54), or
 * our own code could not read it. All else is the database's state or a bug of ours, and would meet every other row too.
 */
export function isDataError(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? /^(22|54)/.test(code) : error instanceof RangeError || error instanceof SyntaxError
}
