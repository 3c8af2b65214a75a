import type { Hono } from 'hono'

/** The methods that some route has for this path; none when no route knows the path. Only asked when nothing matched. */
export function methodsOf(app: Pick<Hono, 'routes'>, path: string): string[] {
  const matching = app.routes.filter((route) => route.method !== 'ALL' && patternOf(route.path).test(path)).map((route) => route.method)
  const methods = new Set(matching.flatMap((method) => method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...methods]
}

function patternOf(path: string): RegExp {
  const pattern = path.split('/').map((part) => part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('/')
  return new RegExp(`^${pattern}$`)
}
