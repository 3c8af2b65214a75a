import { PosthornError } from '@posthorn/client'
import { posthorn } from '../server/posthorn.js'

/** A request as an inspector keeps it. The inspector is no part of the API: whoever knows its id may ask. */
export interface InspectedRequest {
  number: number; at: string; method: string; path: string; status: number; headers: Record<string, string>; body: string; bodyEncoding: 'utf8' | 'base64'; tooLarge: boolean
  signature: { verified: boolean; reason: string; endpoint: string; organization: string; format: string } | null
}

/** What an inspector answers whoever sends to it. */
export interface PlannedAnswer { status: number; delayMs: number; headers: Record<string, string> }

export const inspectorPattern = /\/inspect\/([0-9a-f]{32})(?:$|[/?#])/

export function inspectorUrl(id: string): string {
  return `${location.origin}/inspect/${id}`
}

/** A new throw-away URL that shows what is sent to it; this browser remembers it. */
export async function makeInspector(): Promise<{ id: string; url: string }> {
  try {
    const made = await posthorn.request<{ id: string; url: string }>({ method: 'POST', path: '/inspect' })
    localStorage.setItem(storedAs, JSON.stringify([made.id, ...knownInspectors()].slice(0, 20)))
    return made
  } catch (error) {
    if (!(error instanceof PosthornError && error.status === 404)) throw error
    throw new PosthornError({ code: 'inspector_off', status: 404, detail: 'The inspector is off on this server.', fix: 'Set POSTHORN_INSPECTOR=on; in production it is off, because anybody may make one.', cause: error })
  }
}

/** Those that were made in this browser, newest first. */
export function knownInspectors(): string[] {
  try {
    const known = JSON.parse(localStorage.getItem(storedAs) ?? '[]') as unknown[]
    return known.filter((id): id is string => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id))
  } catch {
    return []
  }
}

export async function readRequests(id: string): Promise<InspectedRequest[]> {
  return (await posthorn.request<{ data: InspectedRequest[] }>({ method: 'GET', path: `/inspect/${id}/requests` })).data
}

export function clearRequests(id: string): Promise<void> {
  return posthorn.request({ method: 'DELETE', path: `/inspect/${id}/requests` })
}

export function readAnswer(id: string): Promise<PlannedAnswer> {
  return posthorn.request({ method: 'GET', path: `/inspect/${id}/answer` })
}

export function planAnswer(id: string, answer: PlannedAnswer): Promise<PlannedAnswer> {
  return posthorn.request({ method: 'PUT', path: `/inspect/${id}/answer`, body: answer })
}

const storedAs = 'posthorn.inspectors'
