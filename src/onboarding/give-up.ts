import { isEnded, type OnboardingStore } from './record.ts'

/** Ends an onboarding whose message was delivered in vain too often. What it made stays; starting it again goes on from there. */
export async function giveUpOnboarding(store: OnboardingStore, onboardingId: string, now: Date): Promise<void> {
  const stored = await store.get(onboardingId)
  if (!stored || isEnded(stored.record)) return
  await store.replace(
    {
      ...stored.record,
      status: 'failed',
      nextAttemptAt: null,
      problem: {
        code: 'internal',
        detail:
          'Steward failed on it again and again, and the log has the reason. What is done stays done: start the onboarding again to go on from there.',
      },
      updatedAt: now,
    },
    stored.etag,
  )
}
