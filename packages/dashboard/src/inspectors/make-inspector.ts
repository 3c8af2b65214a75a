import { PosthornError } from '@posthorn/client'
import { posthorn } from '../server/posthorn.js'

/** A new throw-away URL that shows what is sent to it. */
export async function makeInspector(): Promise<string> {
  try {
    return (await posthorn.request<{ url: string }>({ method: 'POST', path: '/inspect' })).url
  } catch (error) {
    if (!(error instanceof PosthornError && error.status === 404)) throw error
    throw new PosthornError({ code: 'inspector_off', status: 404, detail: 'The inspector is off on this server.', fix: 'Set POSTHORN_INSPECTOR=on; in production it is off, because anybody may make one.', cause: error })
  }
}
