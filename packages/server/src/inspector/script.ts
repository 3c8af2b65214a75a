/**
 * What the inspector's page does in the browser: asks every second for the page as it is now and, when something has
 * arrived, takes the list over from it. The list is made in one place, by the server, and stays as it was opened here.
 */
export const script = `'use strict'
const list = () => document.getElementById('requests')
const pageNow = async () => {
  const response = await fetch(location.pathname, { headers: { accept: 'text/html' }, cache: 'no-store' })
  if (!response.ok) throw new Error(String(response.status))
  return new DOMParser().parseFromString(await response.text(), 'text/html')
}

async function refresh() {
  const fresh = await pageNow()
  const next = fresh.getElementById('requests')
  const previous = list()
  if (!next || next.dataset.version === previous.dataset.version) return
  const known = new Map([...previous.querySelectorAll('details')].map((card) => [card.dataset.number, card]))
  for (const card of next.querySelectorAll('details')) {
    const old = known.get(card.dataset.number)
    if (old) card.replaceWith(old)
    else card.classList.add('new')
  }
  previous.replaceWith(next)
  localTimes()
  const answer = fresh.getElementById('answer')
  if (answer && !document.getElementById('answer').contains(document.activeElement)) document.getElementById('answer').replaceWith(answer)
}

function localTimes() {
  for (const time of document.querySelectorAll('time')) time.textContent = new Date(time.dateTime).toLocaleTimeString()
}

document.addEventListener('click', async (event) => {
  const copied = event.target.closest('[data-copy]')
  if (copied) {
    const input = document.getElementById(copied.dataset.copy)
    input.select()
    await navigator.clipboard?.writeText(input.value)
    copied.textContent = 'Copied'
    setTimeout(() => { copied.textContent = 'Copy' }, 1500)
  }
  if (event.target.closest('[data-clear]')) {
    await fetch(location.pathname + '/requests', { method: 'DELETE' })
    await refresh()
  }
})

document.addEventListener('change', async (event) => {
  const form = event.target.closest('#answer')
  if (!form) return
  const body = JSON.stringify({ status: Number(form.elements.status.value), delayMs: Number(form.elements.delayMs.value) })
  event.target.blur()
  await fetch(location.pathname + '/answer', { method: 'PUT', body })
  await refresh()
})

if (list()) {
  localTimes()
  setInterval(() => { if (!document.hidden) refresh().then(() => document.body.classList.remove('away'), () => document.body.classList.add('away')) }, 1000)
}
`
