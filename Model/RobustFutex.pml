/*
 * The lock robust-futex; Documentation/RobustFutex.md explains it.
 *
 * A participant performs any number of rounds, may stop for good between two of them, and may be killed before every
 * step, any number of times. A successor with the same TID then replaces it. Only the number of participants is
 * bounded, so the search is exhaustive for that number.
 *
 * One step is one atomic access to shared state: the word, the kernel's wait queue, or the thread's pending pointer,
 * which the kernel reads after its death. A load and the compare-exchange that follows are one step: a
 * compare-exchange that fails changes nothing and starts over, and one that succeeds has loaded the value that it
 * replaces. The value that a sleeper expects in the word is the only one that is used after later steps, so it is stored.
 *
 * A sleeper is counted while it is in the kernel's queue and alive, which is the minimum that the sleeper count
 * guarantees. If more are counted, for any reason, more marks are set; so a mark is always possible.
 *
 * The properties:
 *   mutual exclusion      assert(holder == NONE) where the word is taken
 *   gone for good         assert(!destroyed) where the word is taken
 *   death reported once   assert(reported == unreported) where the word is taken
 *   no false death        assert(marked == holder) where the kernel marks the word
 *   no death unseen       assert(holder != dead) where the kernel has finished with the dead thread
 *   no sleeper forgotten  assert(!forgotten) in every state. All participants may stop between rounds, so if a sleeper
 *                         can be forgotten at all, there is a state in which no other participant has a step left. That
 *                         makes it a safety property; a fair run in which others continue for ever would hide it.
 *   no livelock           no non-progress cycle (pan -l) under any scheduling: every infinite run completes infinitely
 *                         many rounds
 *
 * The re-check after 50 ms must not hide a lost wake-up, so it needs a licence. It may happen only after a process died
 * that owed a wake-up and the kernel, through the pending pointer, found the word taken without WAITERS; and only once
 * for each such death. After the death of a destroyer that owed its wake-ups, every sleeper may re-check.
 *
 * A macro NO_… removes one protection. SAME_TID and OLD_KERNEL change the environment. LICENCE_BY_ANY_DEATH permits
 * every re-check after any death. GLIBC follows the rules of glibc's robust mutex; with UNLOCKER_LIVES no participant is
 * killed between its release and its wake-up. scripts/check-model states the expected result of each.
 */

#ifndef PARTICIPANTS
#define PARTICIPANTS 3
#endif

/* The word: a TID in the low bits, then the two flags. */
#define NONE      0
#define DESTROYED 7
#define WAITERS   8
#define DIED      16
#define owner(w)  ((w) & 7)

byte word;
bool asleep[PARTICIPANTS];    /* the kernel's wait queue on the word; a wake-up selects any entry */
bool timed[PARTICIPANTS];     /* in lock(until:) */
bool yielding[PARTICIPANTS];  /* leaving the lock to a handoff target for the grace period */
bool killed[PARTICIPANTS];    /* killed and still in the queue */
bool stopped[PARTICIPANTS];

/* Auxiliary state, unknown to the participants: the assertions and the licence refer to it. */
byte holder;                  /* the participant that may be in its critical section */
bool unreported;              /* an owner died and no next owner has the report */
bool destroyed, destroying;
bool owes[PARTICIPANTS];      /* must wake a waiter, or take the word, or find it taken with WAITERS */
bool licence, licenceForAll;

#define myself (_pid + 1)
#ifdef SAME_TID               /* two PID namespaces: participants 0 and 1 have equal TIDs */
#define tid (_pid == 0 -> 2 : _pid + 1)
#else
#define tid (_pid + 1)
#endif

#ifdef OLD_KERNEL             /* before "futex: Resend potentially swallowed owner death notification" */
#define isFree (word == 0)
#else
#define isFree (owner(word) == 0)
#endif

#define counted(i) (asleep[i] && !yielding[i])
#if PARTICIPANTS == 2
#define anyCounted (counted(0) || counted(1))
#else
#define anyCounted (counted(0) || counted(1) || counted(2))
#endif
/* The mark with which a participant that has slept takes the word. */
#ifdef NO_KEPT_WAITERS
#define mark 0
#elif defined GLIBC
#define mark WAITERS
#else
#define mark (anyCounted -> WAITERS : 0)
#endif
#ifdef NO_INHERITED_WAITERS
#define inherited 0
#elif defined NO_CONSUMED_DEATH
#define inherited (word & (WAITERS | DIED))
#else
#define inherited (word & WAITERS)
#endif
#ifdef NO_CONSUMED_DEATH
#define kept (word & DIED)
#else
#define kept 0
#endif

#if PARTICIPANTS == 2
#define anySleeps (asleep[0] || asleep[1])
#else
#define anySleeps (asleep[0] || asleep[1] || asleep[2])
#endif

#if defined NO_SLICE || defined GLIBC
#define mayRecheck false
#else
#define mayRecheck (licence || licenceForAll)
#endif

inline forget() { timed[_pid] = false; slept = false; marks = 0; yielding[_pid] = false; yielded = false; expected = 0 }

/* The process is killed before its current step. */
#define OR_KILLED :: atomic { forget(); goto dying }

inline take(flags) {
    assert(holder == NONE);
    assert(!destroyed);
    reported = (word & DIED) != 0;
    assert(reported == unreported);
    reported = false;
    unreported = false;
    holder = myself;
    owes[_pid] = false;
    word = tid | inherited | flags;
#ifdef NO_RESIDENT_NODE
    linked = false;
#endif
    forget()
}

#ifdef NO_SLICE_AFTER_WAITER
#define wokenOwes false
#else
#define wokenOwes true
#endif

inline wakeOne() {
    if
    :: asleep[0] -> asleep[0] = false; owes[0] = wokenOwes
    :: asleep[1] -> asleep[1] = false; owes[1] = wokenOwes
#if PARTICIPANTS > 2
    :: asleep[2] -> asleep[2] = false; owes[2] = wokenOwes
#endif
    :: !anySleeps
    fi
}

/* The kernel's compare-exchange on the word that names the dead thread. */
inline markDead() {
    marked = myself;
    assert(marked == holder);
    marked = NONE;
    holder = NONE;
    unreported = true;
    wakes = (word & WAITERS) != 0;
    word = (word & WAITERS) | DIED
}

active [PARTICIPANTS] proctype participant() {
    bool slept, yielded;
    byte expected;            /* the value of the word for which the wait sleeps */
    byte marks;               /* the mark to take the word with */
    bool pending;             /* list_op_pending points at the node */
    bool linked = true;       /* the node is in the robust list */
    bool reported, wakes;
    byte marked, dead;

idle:
progress_round:
    /* A tryLock() that finds the word taken changes nothing. */
    if
#ifndef GLIBC
    :: atomic { word == 0 -> take(0); goto inside }                             /* the fast path of all three */
    :: atomic { word != 0 && owner(word) == 0 -> take(0); goto inside }         /* tryLock() on a marked word */
    :: atomic { word != 0 -> timed[_pid] = false }
    :: atomic { word != 0 -> timed[_pid] = true }
#else
    :: timed[_pid] = false
    :: timed[_pid] = true
#endif
    :: atomic { stopped[_pid] = true; goto end_stopped }
    OR_KILLED
    fi;

#ifndef NO_PENDING_IN_LOCK
    if
    :: pending = true
    OR_KILLED
    fi;
#endif

attempt:
    if
    :: atomic {
        if
        :: word == DESTROYED -> owes[_pid] = false; goto leave
        :: owner(word) == 0 && !slept -> take(0); goto taken
        :: owner(word) == 0 && slept -> marks = mark; goto takeAfterSleep
        :: owner(word) == 0 && slept -> marks = WAITERS; goto takeAfterSleep
        /* The word is reserved for a starving waiter, or appears to be: leave it to that waiter once. */
        ::
#ifndef NO_BOUNDED_YIELDING
           !yielded &&
#endif
           word == WAITERS -> yielding[_pid] = true; yielded = true; expected = word
        :: owner(word) != 0 && word != DESTROYED ->
#ifndef NO_WAITERS_SET
            word = word | WAITERS;
#endif
            owes[_pid] = false;
            expected = word
        fi
       }
    OR_KILLED
    fi;
    goto sleep;

takeAfterSleep:
    if
    :: atomic {
        if
        :: word != DESTROYED && owner(word) == 0 -> take(marks); goto taken
        :: else -> marks = 0; goto attempt
        fi
       }
    OR_KILLED
    fi;

sleep:

    /* futex_wait() compares the word and enqueues under the lock of the kernel's queue. */
    if
    :: atomic {
        if
#ifdef NO_COMPARE
        :: true -> asleep[_pid] = true; slept = true; expected = 0
#else
        :: word == expected -> asleep[_pid] = true; slept = true; expected = 0
        :: else -> slept = true; yielding[_pid] = false; expected = 0; goto attempt
#endif
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        !asleep[_pid] -> yielding[_pid] = false;
#ifdef NO_RETRY_WHEN_WOKEN
        if
        :: timed[_pid] -> owes[_pid] = false; goto leave
        :: else
        fi;
#endif
        goto attempt
       }
    /* The time passes. A wake-up that comes first takes precedence. */
    :: atomic { yielding[_pid] && asleep[_pid] -> asleep[_pid] = false; yielding[_pid] = false; goto attempt }
    :: atomic { timed[_pid] && !yielding[_pid] && asleep[_pid] -> asleep[_pid] = false; goto leave }
    :: atomic {
        asleep[_pid] && mayRecheck ->
        asleep[_pid] = false;
        owes[_pid] = owes[_pid] || licence;       /* this sleeper now owes the dead participant's wake-up */
        licence = false;
       
        yielding[_pid] = false;
        goto attempt
       }
    :: atomic { asleep[_pid] -> forget(); killed[_pid] = true; goto dyingAsleep }
    :: atomic { !asleep[_pid] -> forget(); goto dying }
    fi;

leave:
    if
    :: atomic { pending = false; forget(); goto idle }
    OR_KILLED
    fi;

taken:
    if
    :: pending = false
    OR_KILLED
    fi;

inside:
    /* The critical section, then unlock(). The first step of unlock() is the fast path. */
#ifndef GLIBC
    if
    :: atomic {
        if
#ifdef NO_CHECKED_UNLOCK
        :: !(word & WAITERS) -> word = 0; holder = NONE; goto idle
#else
        :: word == tid -> word = 0; holder = NONE; goto idle
#endif
        :: else
        fi
       }
    OR_KILLED
    fi;
#endif
#ifndef NO_PENDING_IN_UNLOCK
    if
    :: pending = true
    OR_KILLED
    fi;
#endif
#ifdef NO_RELEASE_BEFORE_WAKE
    if
    :: atomic { wakeOne() }
    OR_KILLED
    fi;
#endif
    if
    :: atomic {
        if
        :: owner(word) == tid -> owes[_pid] = (word & WAITERS) != 0; word = kept; holder = NONE
#ifndef GLIBC
        /* The lock may be reserved for a waiter: the word is free, and no fast path takes it. */
        :: owner(word) == tid -> owes[_pid] = true; word = kept | WAITERS; holder = NONE
#endif
        :: owner(word) != tid -> holder = NONE     /* destroyed */
        fi;
#ifdef NO_RELEASE_BEFORE_WAKE
        owes[_pid] = false
#endif
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: owes[_pid] -> owes[_pid] = false; wakeOne()
        :: else
        fi;
        goto leave
       }
#ifdef UNLOCKER_LIVES
    /* never killed here */
#elif defined NO_SLICE_AFTER_UNLOCKER
    :: atomic { owes[_pid] = false; forget(); goto dying }
#else
    OR_KILLED
#endif
    fi;

dyingAsleep:
    /* A killed sleeper stays in the queue until it has run once more; a wake-up may still select it. */
    atomic { asleep[_pid] = false; killed[_pid] = false };

dying:
    /* exit_robust_list: the list without the pending entry, then the pending entry. There is one node. */
    atomic {
        if
        :: linked && !pending && owner(word) == tid -> markDead()
        :: pending && isFree -> wakes = true; owes[_pid] = false
        :: pending && !isFree && owner(word) == tid -> markDead()
        :: else ->
            licence = licence || (pending && owes[_pid] && anySleeps && (owner(word) == 0 || !(word & WAITERS)))
        fi;
#ifdef LICENCE_BY_ANY_DEATH
        licenceForAll = true;
#endif
        owes[_pid] = false;
        pending = false;
        linked = true;
        if
        :: destroyed && holder == myself -> holder = NONE
        :: else
        fi;
        dead = myself;
        assert(holder != dead);
        dead = NONE;
        if
        :: wakes
        :: !wakes -> goto idle
        fi
    };
    atomic { wakeOne(); wakes = false; goto idle };

end_stopped:
    false
}

/* The relevant deadlock as an assertion. That a sleeper may still be killed, or a destroyer arrive, does not resolve
 * it. */
#define rests(i) (stopped[i] || asleep[i] && !timed[i] && !yielding[i] && !killed[i])
#if PARTICIPANTS == 2
#define allRest (rests(0) && rests(1))
#else
#define allRest (rests(0) && rests(1) && rests(2))
#endif
#define forgotten (anySleeps && allRest && !mayRecheck && !destroying)

active proctype observer() {
end:
    atomic { forgotten -> assert(!forgotten) }
}

#ifndef GLIBC
/* Where it is never scheduled, the lock is never destroyed. */
active proctype destroyer() {
    atomic { word = DESTROYED; destroyed = true; destroying = true };
    if
    :: atomic {
#ifdef NO_WAKE_OF_ALL
        wakeOne();
#else
        asleep[0] = false;
        asleep[1] = false;
#if PARTICIPANTS > 2
        asleep[2] = false;
#endif
#endif
        destroying = false
       }
#ifdef NO_SLICE_AFTER_DESTROYER
    :: destroying = false         /* killed */
#else
    :: atomic { licenceForAll = true; destroying = false }
#endif
    fi;
end_done:
    false
}
#endif
