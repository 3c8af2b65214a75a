import './language.js'
import { PosthornError } from '@posthorn/client'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { router } from './router.js'
import { sessionKey } from './session/use-session.js'

/** Wherever an answer says that the session is over, the whole dashboard knows. */
function noticeEnd(error: unknown): void {
  if (error instanceof PosthornError && error.status === 401) client.setQueryData(sessionKey, null)
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }), mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: { queries: { staleTime: 1_000, retry: (times, error) => times < 1 && error instanceof PosthornError && (error.status === 0 || error.status >= 500) } },
})

createRoot(document.getElementById('dashboard') as HTMLElement).render(
  <QueryClientProvider client={client}><RouterProvider router={router} /></QueryClientProvider>,
)
