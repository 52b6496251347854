/*
 * The lock robust-futex; Documentation/RobustFutex.md explains it.
 *
 * Every participant may do any number of rounds, may stop for good between two of them, and may be killed before every
 * step, any number of times; a successor then takes its place under the same TID. Nothing is bounded but the number of
 * participants, so the search is exhaustive for that number.
 *
 * One step is one atomic access to what others see: the word, the kernel's wait queue, or the thread's pending pointer,
 * which the kernel reads after its death. A load and the compare-exchange that follows are one step: a
 * compare-exchange that fails changes nothing and starts over, and one that succeeds saw the value that it replaced.
 * What a sleeper expects of the word is the one value that outlives its load, and is kept.
 *
 * A sleeper is counted for as long as it is in the kernel's queue and alive, the least that the count does. More counted,
 * for whatever reason, mean more marks, and so a mark is always possible.
 *
 * What is checked:
 *   mutual exclusion      assert(holder == NOBODY) where the word is taken
 *   gone for good         assert(!destroyed) where the word is taken
 *   death told once       assert(told == untold) where the word is taken
 *   no false death        assert(marked == holder) where the kernel marks the word
 *   no death unseen       assert(holder != dead) where the kernel is done with the dead
 *   no sleeper forgotten  assert(!forgotten) in every state. Everyone may stop between rounds, so where a sleeper can be
 *                         forgotten at all, there is a state in which nobody else has anything left to do. That is
 *                         a safety property; a fair run in which others go on for ever would hide it.
 *   no livelock           no non-progress cycle (pan -l), whatever the scheduler does: what goes on for ever ends rounds
 *                         for ever
 *
 * The re-check slice must not hide a lost wake-up, so it needs a licence: it may fire only after a process that owed a
 * wake-up died and the kernel, told by its pending pointer, found the word taken without WAITERS; and only once for each
 * such death. After a destroyer that died owing its wake-ups, every sleeper's slice may fire.
 *
 * A macro NO_… removes one protection; SAME_TID and OLD_KERNEL change the world outside; LICENCE_BY_ANY_DEATH lets
 * every slice fire after any death; GLIBC follows the rules of glibc's robust mutex, and with UNLOCKER_LIVES nobody is
 * killed between its release and its wake. scripts/check-model says what must become of each.
 */

#ifndef PARTICIPANTS
#define PARTICIPANTS 3
#endif

/* The word: a TID in the low bits, then the two flags. */
#define NOBODY    0
#define DESTROYED 7
#define WAITERS   8
#define DIED      16
#define owner(w)  ((w) & 7)

byte word;
bool asleep[PARTICIPANTS];    /* the kernel's wait queue on the word; a wake picks anyone */
bool timed[PARTICIPANTS];     /* in lock(until:) */
bool yielding[PARTICIPANTS];  /* leaving the lock to somebody else for a moment */
bool killed[PARTICIPANTS];    /* and still asleep */
bool stopped[PARTICIPANTS];

/* Known to no participant: what the assertions and the slice's licence refer to. */
byte holder;                  /* who may be in its critical section */
bool untold;                  /* an owner died and no next owner was told */
bool destroyed, destroying;
bool owes[PARTICIPANTS];      /* must wake somebody, or take the word, or see it taken with WAITERS */
bool licence, everyonesLicence;

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

#define noted(i) (asleep[i] && !yielding[i])
#if PARTICIPANTS == 2
#define anyNote (noted(0) || noted(1))
#else
#define anyNote (noted(0) || noted(1) || noted(2))
#endif
/* What one who has slept takes the word with. */
#ifdef NO_KEPT_WAITERS
#define mark 0
#elif defined GLIBC
#define mark WAITERS
#else
#define mark (anyNote -> WAITERS : 0)
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
#define somebodySleeps (asleep[0] || asleep[1])
#else
#define somebodySleeps (asleep[0] || asleep[1] || asleep[2])
#endif

#if defined NO_SLICE || defined GLIBC
#define mayLookAgain false
#else
#define mayLookAgain (licence || everyonesLicence)
#endif

inline forget() { timed[_pid] = false; slept = false; marks = 0; yielding[_pid] = false; yielded = false; expected = 0 }

/* The process is killed before the step that it is at. */
#define OR_KILLED :: atomic { forget(); goto dying }

inline take(flags) {
    assert(holder == NOBODY);
    assert(!destroyed);
    told = (word & DIED) != 0;
    assert(told == untold);
    told = false;
    untold = false;
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
    :: !somebodySleeps
    fi
}

/* The kernel's compare-exchange on the word that names the dead. */
inline markDead() {
    marked = myself;
    assert(marked == holder);
    marked = NOBODY;
    holder = NOBODY;
    untold = true;
    wakes = (word & WAITERS) != 0;
    word = (word & WAITERS) | DIED
}

active [PARTICIPANTS] proctype participant() {
    bool slept, yielded;
    byte expected;            /* the value at which the wait will sleep */
    byte marks;               /* what the word will be taken with */
    bool pending;             /* list_op_pending points at the node */
    bool linked = true;       /* the node is in the robust list */
    bool told, wakes;
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
    :: atomic { stopped[_pid] = true; goto home }
    OR_KILLED
    fi;

#ifndef NO_PENDING_IN_LOCK
    if
    :: pending = true
    OR_KILLED
    fi;
#endif

look:
    if
    :: atomic {
        if
        :: word == DESTROYED -> owes[_pid] = false; goto leave
        :: owner(word) == 0 && !slept -> take(0); goto taken
        :: owner(word) == 0 && slept -> marks = mark; goto takeAfterSleep
        :: owner(word) == 0 && slept -> marks = WAITERS; goto takeAfterSleep
        /* The word is held out to somebody who has waited long, or says so: leave it to them for a moment. */
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
        :: else -> marks = 0; goto look
        fi
       }
    OR_KILLED
    fi;

sleep:

    /* futex_wait() compares and goes to sleep under the lock of the kernel's queue. */
    if
    :: atomic {
        if
#ifdef NO_COMPARE
        :: true -> asleep[_pid] = true; slept = true; expected = 0
#else
        :: word == expected -> asleep[_pid] = true; slept = true; expected = 0
        :: else -> slept = true; yielding[_pid] = false; expected = 0; goto look
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
        goto look
       }
    /* The time passes; a wake that comes first wins. */
    :: atomic { yielding[_pid] && asleep[_pid] -> asleep[_pid] = false; yielding[_pid] = false; goto look }
    :: atomic { timed[_pid] && !yielding[_pid] && asleep[_pid] -> asleep[_pid] = false; goto leave }
    :: atomic {
        asleep[_pid] && mayLookAgain ->
        asleep[_pid] = false;
        owes[_pid] = owes[_pid] || licence;       /* the dead one's debt is now this sleeper's */
        licence = false;
       
        yielding[_pid] = false;
        goto look
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
    /* The critical section; then unlock(). Its first step is the fast path. */
#ifndef GLIBC
    if
    :: atomic {
        if
#ifdef NO_CHECKED_UNLOCK
        :: !(word & WAITERS) -> word = 0; holder = NOBODY; goto idle
#else
        :: word == tid -> word = 0; holder = NOBODY; goto idle
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
        :: owner(word) == tid -> owes[_pid] = (word & WAITERS) != 0; word = kept; holder = NOBODY
#ifndef GLIBC
        /* It may be held out to a waiter: free, but not to be taken in passing. */
        :: owner(word) == tid -> owes[_pid] = true; word = kept | WAITERS; holder = NOBODY
#endif
        :: owner(word) != tid -> holder = NOBODY     /* destroyed */
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
    /* Until it has run once more, a killed sleeper stays in the queue, where a wake may still pick it. */
    atomic { asleep[_pid] = false; killed[_pid] = false };

dying:
    /* exit_robust_list: the list but for the pending entry, then the pending entry. There is one node. */
    atomic {
        if
        :: linked && !pending && owner(word) == tid -> markDead()
        :: pending && isFree -> wakes = true; owes[_pid] = false
        :: pending && !isFree && owner(word) == tid -> markDead()
        :: else ->
            licence = licence || (pending && owes[_pid] && somebodySleeps && (owner(word) == 0 || !(word & WAITERS)))
        fi;
#ifdef LICENCE_BY_ANY_DEATH
        everyonesLicence = true;
#endif
        owes[_pid] = false;
        pending = false;
        linked = true;
        if
        :: destroyed && holder == myself -> holder = NOBODY
        :: else
        fi;
        dead = myself;
        assert(holder != dead);
        dead = NOBODY;
        if
        :: wakes
        :: !wakes -> goto idle
        fi
    };
    atomic { wakeOne(); wakes = false; goto idle };

home:
    skip
}

/* The deadlock that matters, said as an assertion: that a sleeper may yet be killed, or a destroyer come, is no help. */
#define rests(i) (stopped[i] || asleep[i] && !timed[i] && !yielding[i] && !killed[i])
#if PARTICIPANTS == 2
#define everybodyRests (rests(0) && rests(1))
#else
#define everybodyRests (rests(0) && rests(1) && rests(2))
#endif
#define forgotten (somebodySleeps && everybodyRests && !mayLookAgain && !destroying)

active proctype observer() {
end:
    atomic { forgotten -> assert(!forgotten) }
}

#ifndef GLIBC
active proctype destroyer() {
    if
    :: atomic { word = DESTROYED; destroyed = true; destroying = true }
    :: goto home              /* the lock is never destroyed */
    fi;
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
    :: atomic { everyonesLicence = true; destroying = false }
#endif
    fi;
home:
    skip
}
#endif
