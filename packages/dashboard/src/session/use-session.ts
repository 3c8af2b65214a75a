import { useQuery } from '@tanstack/react-query'
import { call } from '../server/call.js'
import { ServerProblem } from '../server/server-problem.js'
import type { Session } from '../server/answers.js'

export const sessionKey = ['session'] as const

/** Who has signed in; null: nobody, or not any more. */
export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 60_000, refetchInterval: 60_000, retry: 1 })
}

async function readSession(): Promise<Session | null> {
  try {
    return await call<Session | undefined>('GET', '/session') ?? null
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 401) return null
    throw error
  }
}
