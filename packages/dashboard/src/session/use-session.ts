import { PosthornError } from '@posthorn/client'
import { useQuery } from '@tanstack/react-query'
import { posthorn } from '../server/posthorn.js'
import type { Session } from './session.js'

export const sessionKey = ['session'] as const

/** Who has signed in; null: nobody, or not any more. */
export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 60_000, refetchInterval: 60_000, retry: 1 })
}

export function signIn(key: string): Promise<Session> {
  return posthorn.request({ method: 'POST', path: '/session', body: { key } })
}

export function signOut(): Promise<void> {
  return posthorn.request({ method: 'DELETE', path: '/session' })
}

async function readSession(): Promise<Session | null> {
  try {
    return await posthorn.request<Session | undefined>({ method: 'GET', path: '/session' }) ?? null
  } catch (error) {
    if (error instanceof PosthornError && error.status === 401) return null
    throw error
  }
}
