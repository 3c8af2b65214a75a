/** One message of a server-sent event stream. */
export interface ServerSentEvent { event: string; data: string }

/** Reads `text/event-stream` as it comes. Lines that are comments keep the connection alive and say nothing. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      // A message ends with an empty line; what follows the last one is not whole yet.
      const messages = rest.split('\n\n')
      rest = messages.pop() as string
      for (const message of messages) {
        const read = readMessage(message)
        if (read !== undefined) yield read
      }
    }
  } finally {
    // Whoever stops listening closes the connection.
    await reader.cancel().catch(() => {})
  }
}

function readMessage(text: string): ServerSentEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data.push(line.slice(6))
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') }
}
