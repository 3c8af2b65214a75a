import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Field } from '../pieces/field.js'
import { PosthornError } from '@posthorn/client'
import { sessionKey, signIn } from './use-session.js'

export function SignInPage({ wasSignedIn }: { wasSignedIn: boolean }) {
  const client = useQueryClient()
  const [key, setKey] = useState('')
  const [problem, setProblem] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)

  async function enter() {
    setIsBusy(true)
    try {
      const session = await signIn(key)
      // What another key was shown is not this one's to see.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
      client.setQueryData(sessionKey, session)
    } catch (error) {
      setProblem(error instanceof PosthornError ? `${error.detail} ${error.fix}` : 'The server does not answer.')
      setIsBusy(false)
    }
  }

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-5 py-10">
      <div className="flex items-center gap-3"><img src="/favicon.svg" alt="" width={36} height={36} /><h1>Sign in to Posthorn</h1></div>
      {wasSignedIn && <p role="status" className="rounded-lg bg-wait-paper px-3.5 py-2.5 text-wait">Your session is over. Sign in again and you are back where you were.</p>}
      <form className="card flex flex-col gap-4 p-5" onSubmit={(event) => { event.preventDefault(); void enter() }}>
        <Field label="API key" problem={problem} hint="The admin key that the server printed at its first start (or POSTHORN_API_KEY), or a key of an organization.">
          {(control) => <input {...control} className="control mono" type="password" autoComplete="current-password" autoFocus required value={key} onChange={(event) => { setKey(event.target.value); setProblem(undefined) }} />}
        </Field>
        <Button type="submit" look="primary" disabled={isBusy || key.trim() === ''}>{isBusy ? 'Signing in…' : 'Sign in'}</Button>
      </form>
      <p className="text-faint">The key is not kept in this browser: the session is a sealed cookie that ends after 12 hours.</p>
    </main>
  )
}
