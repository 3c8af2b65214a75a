import { ServerProblem } from './server-problem.js'

type Query = Readonly<Record<string, string | number | undefined>>

/** Asks the server of this page. The browser sends the session along; whatever changes something carries the header that only our pages send. */
export async function call<Answer>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, { body, query = {} }: { body?: unknown; query?: Query } = {}): Promise<Answer> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, String(value)])
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
  let response: Response
  try {
    response = await fetch(path + search, {
      method, headers: { accept: 'application/json', ...(method !== 'GET' && { 'x-posthorn-csrf': '1' }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new ServerProblem({ status: 0, code: 'unreachable', title: 'The server cannot be reached', detail: 'The server does not answer.', fix: 'Check that it runs and that this device is online; this page tries again by itself.' }, cause)
  }
  const text = await response.text()
  if (!response.ok) throw ServerProblem.read(response.status, text)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

/** The path of something in an organization; its parts are encoded. */
export function pathIn(organization: string, ...parts: readonly string[]): string {
  return ['/v1/organizations', organization, ...parts].map((part, index) => index === 0 ? part : encodeURIComponent(part)).join('/')
}

/** The text of an answer, for what must be shown as it was written. */
export async function callForText(path: string): Promise<string> {
  const response = await fetch(path, { headers: { accept: 'application/json' } })
  const text = await response.text()
  if (!response.ok) throw ServerProblem.read(response.status, text)
  return text
}
