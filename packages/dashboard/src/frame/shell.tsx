import { Dialog } from '@base-ui/react/dialog'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Keyboard, LogOut, Menu } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, buttonClass } from '../pieces/button.js'
import { Loading } from '../pieces/loading.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useOrganizations } from '../server/reading.js'
import { SignInPage } from '../session/sign-in-page.js'
import { sessionKey, signOut, useSession } from '../session/use-session.js'
import { listenToKeys } from './keyboard.js'
import { KeyboardHelp } from './keyboard-help.js'
import { LiveMark } from './live-mark.js'
import { Navigation } from './navigation.js'
import { OrganizationPicker } from './organization-picker.js'
import { useScope } from './scope.js'
import { placeIn } from '../pieces/place.js'
import { useLive } from '../live/use-live.js'
import type { Session } from '../session/session.js'

/** Around every page. Whoever has not signed in sees only that, under whatever address they came to, and goes on from there. */
export function Shell() {
  const session = useSession()
  const wasSignedIn = useRef(false)
  if (session.data) wasSignedIn.current = true
  if (session.isPending) return <Loading />
  if (session.isError && session.data === undefined) return <div className="mx-auto max-w-lg p-6"><ProblemNote error={session.error} /></div>
  if (!session.data) return <SignInPage wasSignedIn={wasSignedIn.current} />
  return <Frame session={session.data} />
}

function Frame({ session }: { session: Session }) {
  useLive()
  const organizations = useOrganizations(session)
  const scope = useScope(organizations, session)
  const navigate = useNavigate()
  // What stands in the page, and not where it is on its way to.
  const pathname = useRouterState({ select: ({ resolvedLocation, location: next }) => (resolvedLocation ?? next).pathname })
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  const [isMenuOpen, setIsMenuOpen] = useState(false)

  const { isAll, organization } = scope
  useEffect(() => listenToKeys({
    showHelp: () => setIsHelpOpen(true),
    go: (place) => void navigate({ to: isAll ? placeOfAll(place) : placeIn(organization ?? '', place) }),
  }), [isAll, organization, navigate])

  const side = (onGo?: () => void) => (
    <>
      <Link to="/" onClick={onGo} className="flex items-center gap-2.5 px-2.5 text-[15px] font-semibold"><img src="/favicon.svg" alt="" width={24} height={24} />Posthorn</Link>
      <OrganizationPicker organizations={organizations} scope={scope} mayLookAtAll={session.kind === 'admin'} />
      <Navigation scope={scope} isAdmin={session.kind === 'admin'} {...(onGo && { onGo })} />
      <div className="mt-auto flex flex-col gap-px pt-4">
        <LiveMark />
        <Button look="quiet" className="justify-start px-2.5! font-normal!" onClick={() => { onGo?.(); setIsHelpOpen(true) }}><Keyboard size={16} aria-hidden />By keyboard</Button>
        <SignOut />
      </div>
    </>
  )

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-card focus:p-3">Skip to the content</a>
      <aside aria-label="Navigation" className="sticky top-0 hidden h-dvh flex-col gap-5 overflow-y-auto border-r border-line px-3 py-5 lg:flex">{side()}</aside>
      <header className="sticky top-0 z-20 flex items-center justify-between border-b border-line bg-card px-3 py-2 lg:hidden">
        <Link to="/" className="flex items-center gap-2 font-semibold"><img src="/favicon.svg" alt="" width={22} height={22} />Posthorn</Link>
        <Dialog.Root open={isMenuOpen} onOpenChange={setIsMenuOpen}>
          <Dialog.Trigger className={buttonClass('quiet')} aria-label="Menu"><Menu size={20} aria-hidden /></Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
            <Dialog.Popup className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col gap-5 overflow-y-auto bg-card px-3 py-5 shadow-xl"><Dialog.Title className="sr-only">Menu</Dialog.Title>{side(() => setIsMenuOpen(false))}</Dialog.Popup>
          </Dialog.Portal>
        </Dialog.Root>
      </header>
      <main id="content" data-path={pathname} tabIndex={-1} className="mx-auto w-full max-w-[76rem] min-w-0 px-4 py-5 outline-none sm:px-8 sm:py-7"><Outlet /></main>
      <KeyboardHelp isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  )
}

/** Endpoints are somebody's: of all there is only what they fail of. */
function placeOfAll(place: string): string {
  return place === 'overview' || place === 'endpoints' ? '/' : `/${place}`
}

function SignOut() {
  const client = useQueryClient()
  async function leave() {
    await signOut()
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
    location.assign('/')
  }
  return <Button look="quiet" className="justify-start px-2.5! font-normal!" onClick={() => void leave()}><LogOut size={16} aria-hidden />Sign out</Button>
}
