import { useMutation, useQueryClient } from '@tanstack/react-query'

/** Something that changes the server: afterwards everything that is shown is looked at again. */
export function useChange<Given, Answer>(send: (given: Given) => Promise<Answer>, { after }: { after?: (answer: Answer, given: Given) => unknown } = {}) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: async (answer, given) => {
      await after?.(answer, given)
      await client.invalidateQueries()
    },
  })
}
