/** What a process does, where several share a database; one alone does all of it. */
export const roles = ['api', 'dispatch', 'deliver', 'consume', 'housekeeping'] as const
export type Role = (typeof roles)[number]

/** Why these roles cannot do on that database; undefined when they can. Another process would do the others, and SQLite has one. */
export function wrongRoles(given: readonly Role[], database: 'sqlite' | 'postgres', needed: readonly Role[] = roles): string | undefined {
  const missing = needed.filter((role) => !given.includes(role))
  if (database === 'postgres' || missing.length === 0) return undefined
  return `On SQLite one process does everything, since no second one may open the file: ${missing.join(', ')} would be done by nobody. Leave roles out, or use a PostgreSQL.`
}
