import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from './call.js'

/** Something that changes the server: afterwards everything that is shown is looked at again. */
export function useChange<Given, Answer>(send: (given: Given) => { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: unknown }, { after }: { after?: (answer: Answer, given: Given) => unknown } = {}) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: Given) => {
      const { method, path, body } = send(given)
      return call<Answer>(method, path, body === undefined ? {} : { body })
    },
    onSuccess: async (answer, given) => {
      await after?.(answer, given)
      await client.invalidateQueries()
    },
  })
}
