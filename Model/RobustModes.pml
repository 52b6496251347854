/*
 * robust-futex: quiet mode, contended mode and bias. Model/RobustFutex.pml covers contended mode alone, with timeouts,
 * handoff and the word WAITERS, which are left out here. Documentation/RobustFutex.md explains the algorithm.
 *
 * W is the lock word, M the mode word, B the biased word, and S the state word. The fields of S are separate variables,
 * but every access to S is one step. A participant performs any number of rounds, may stop between two of them, and
 * may be killed before every step, any number of times. The kernel then walks its robust list, and a successor with
 * the same TID may replace it; a successor has not linked the node of B.
 *
 * M lies beside W. The fast path takes W by one compare-exchange of both, and does not load S: M is closed while W is
 * free and S names a thread. Otherwise M is quiet or contended, and either is safe. Owners of W write M when they
 * settle and when they give themselves the bias. A waiter's hint makes it contended, and the store that frees W makes
 * it quiet, although S may say contended (a stale hint). Each participant keeps `hold`, the mode in which it releases
 * W, which is also the M that its fast path expects. It sets `hold` when it settles, and when it sees contended mode
 * after a plain store.
 *
 * One step is one atomic access to shared state, as in RobustFutex.pml. Stores are not sequentially consistent here: a
 * plain store (W = 0, B = tid, B = 0) enters the FIFO store buffer of its participant, and reaches memory at any later
 * time. The participant's own loads see it at once. A read-modify-write, a system call and the participant's death
 * first drain its buffer; membarrier() drains all buffers. A participant that is preempted before a store has nothing
 * in its buffer, so membarrier() does not help against that store: the field `former` does. The stores of M by an owner
 * of W need no buffer: all that another participant may do to M before they drain is a hint.
 *
 * The epoch of S is not a number: each participant knows whether S still has the epoch that it read.
 *
 * list_op_pending is certainly set where `pending` is; elsewhere it may be set or not.
 *
 * A sleeper is counted while it is in the kernel's queue and alive, the minimum that the sleeper count guarantees.
 *
 * The properties:
 *   mutual exclusion      assert(holder == NONE) at each entry to the critical section, by W or by B, and where a
 *                         destroyer finds the lock free
 *   gone for good         assert(!late) at each entry. The plain store of an owner may overwrite the mark of removal;
 *                         until that owner restores it, or for good if the owner dies first, the fast path may take W
 *                         once. That owner's release then restores the mark
 *   death reported once   assert(reported == unreported) at each entry. The death of a participant in the last steps
 *                         of its lock, which owned W or stood in B, may be reported as well; but not the death of an
 *                         owner of W that found a thread in S, so not that of a revoker
 *   no death unseen       assert(holder != dead) where the kernel has finished with the dead thread
 *   no sleeper forgotten  assert(!forgotten) in every state, for the sleepers on W and the one on B
 *   no livelock           no non-progress cycle (pan -l)
 *
 * Timeouts must not hide a lost wake-up, so they need a licence. The re-check of W after 50 ms may happen once for each
 * participant that died while it owed a wake-up which the kernel did not perform, or after it set a mark for which
 * another waiter may sleep; and for every sleeper after the death of a participant that owed a wake-up to all. The
 * re-check of B after 5 ms may happen once after the death of the biased thread between its B = 0 and its wake-up.
 *
 * A macro NO_… removes one protection. QUIET_ONLY (no bias), DEATHS (their number), NO_DESTROYER, ONLY_FORCED and
 * ONLY_IF_FREE (the two ways to destroy) bound a search; IGNORE_SLEEPERS leaves one property to another search.
 * scripts/check-model states the expected result of each.
 */

#ifndef PARTICIPANTS
#define PARTICIPANTS 2
#endif

/* W and B: a TID in the low bits, then the two flags. */
#define NONE      0
#define GONE      7
#define WAITERS   8
#define DIED      16
#define owner(w)  ((w) & 7)

byte W, B;

/* M */
#define QUIET     0
#define CONTENDED 1
#define UNUSED    CONTENDED   /* where `hold` decides nothing: one value, for fewer states */
#define CLOSED    2           /* S decides, on the slow path */
byte M;

/* S */
byte biased;                  /* the biased thread */
byte former;                  /* lost the bias and may still be about to store to B */
bool revoking, contended, confirmed, gone, noBias;
bool sameEpoch[PARTICIPANTS]; /* the epoch of S is still the one that the participant read before its membarrier */

/* The store buffers: the older and the newer store of each participant. */
#define STORE_W_FREE  1
#define STORE_W_DONE  2       /* the same, and its thread has loaded S since: the lock was not removed */
#define STORE_B_TID   3
#define STORE_B_FREE  4
byte older[PARTICIPANTS], newer[PARTICIPANTS];

bool asleep[PARTICIPANTS];    /* the kernel's wait queue on W; a wake-up selects any entry */
byte asleepOnB;               /* the kernel's wait queue on B: the owner of W, if it waits for the biased thread */
bool killed[PARTICIPANTS];    /* killed and still in a queue */
bool resting[PARTICIPANTS] = true;   /* between two rounds, or dead */
bool absent[PARTICIPANTS];    /* dead and not replaced */

/* Auxiliary state, unknown to the participants. */
byte holder;                  /* the participant inside */
bool unreported;              /* a participant died inside and no next owner has the report */
bool deathAtDoor;             /* the mark DIED of B is that of a participant that was not inside */
bool deathOfRevoker;          /* the mark DIED of W is that of an owner that found a thread in S */
bool destroyed, destroying;
bool owes[PARTICIPANTS];      /* must wake a sleeper on W, or take W, or ensure that its next unlock wakes one */
bool licence, licenceForAll, licenceOnB;
bool reopened;                /* a plain store freed the removed W. No thread took W since, or restored the mark */

#define tid (_pid + 1)
#define me  _pid

/* W does not suffice to own the lock. */
#define isObstructed (biased != NONE || revoking || gone)

#define isBiased (biased == tid && !revoking && !contended && !gone)

/* The biased path begins with a look at S. */
#ifdef NO_STATE_BEFORE_B
#define knowsOfBias linked
#else
#define knowsOfBias (isBiased && linked)
#endif

/* A waiter may sleep: every owner of W notices its mark. */
#ifdef NO_CONFIRMATION
#define permitsSleep contended
#else
#define permitsSleep (contended && confirmed)
#endif

/* The owner of W may give itself the bias. */
#define permitsBias (biased == NONE && !revoking && !contended && !noBias && !gone)

#if PARTICIPANTS == 2
#define anySleeps   (asleep[0] || asleep[1])
#define anyCounted  (asleep[0] && !killed[0] || asleep[1] && !killed[1])
#define anyReleases (releases(0) || releases(1))
#define allDrained  (older[0] == 0 && older[1] == 0)
#define allRest     (rests(0) && rests(1))
#else
#define anySleeps   (asleep[0] || asleep[1] || asleep[2])
#define anyCounted  (asleep[0] && !killed[0] || asleep[1] && !killed[1] || asleep[2] && !killed[2])
#define anyReleases (releases(0) || releases(1) || releases(2))
#define allDrained  (older[0] == 0 && older[1] == 0 && older[2] == 0)
#define allRest     (rests(0) && rests(1) && rests(2))
#endif
#define storesW(s)  ((s) == STORE_W_FREE || (s) == STORE_W_DONE)
#define releases(i) (storesW(older[i]) || storesW(newer[i]))

/* The next unlock is certain to see the mark WAITERS: it is set, and no plain store may remove it unnoticed. */
#define isMarkSafe ((W & WAITERS) && contended && !anyReleases)

/* No store stays in a buffer for 50 ms. */
#define mayRecheck ((licence || licenceForAll) && !anyReleases)

#ifdef NO_SLICE_ON_B
#define mayLookAgain false
#else
#define mayLookAgain licenceOnB
#endif

/* --- Store buffers --- */

/* The value of B that participant i sees. */
#define storesB(s) ((s) >= STORE_B_TID)
#define valueOfB(s, i) ((s) == STORE_B_TID -> i + 1 : 0)
#define seenB(i) (storesB(newer[i]) -> valueOfB(newer[i], i) : (storesB(older[i]) -> valueOfB(older[i], i) : B))

inline drain(i) {
    reopened = reopened || destroyed && (older[i] == STORE_W_FREE || newer[i] == STORE_W_FREE);
    M = (releases(i) -> QUIET : M);
    W = (releases(i) -> 0 : W);
    B = seenB(i);
    older[i] = 0;
    newer[i] = 0
}

inline drainOlder(i) {
    reopened = reopened || destroyed && older[i] == STORE_W_FREE;
    M = (storesW(older[i]) -> QUIET : M);
    W = (storesW(older[i]) -> 0 : W);
    B = (storesB(older[i]) -> valueOfB(older[i], i) : B);
    older[i] = newer[i];
    newer[i] = 0
}

inline drainAll() {
    drain(0);
    drain(1);
#if PARTICIPANTS > 2
    drain(2);
#endif
}

#define hasRoom (newer[me] == 0)
inline store(s) {
    newer[me] = (older[me] == 0 -> 0 : s);
    older[me] = (older[me] == 0 -> s : older[me])
}

/* The load of S that follows the plain store of W finds that the lock was not removed. */
inline done() {
    older[me] = (older[me] == STORE_W_FREE -> STORE_W_DONE : older[me]);
    newer[me] = (newer[me] == STORE_W_FREE -> STORE_W_DONE : newer[me])
}

/* --- Kernel --- */

inline wakeOne() {
    if
    :: asleep[0] -> asleep[0] = false; owes[0] = true
    :: asleep[1] -> asleep[1] = false; owes[1] = true
#if PARTICIPANTS > 2
    :: asleep[2] -> asleep[2] = false; owes[2] = true
#endif
    :: !anySleeps
    fi
}

inline wakeAll() {
    asleep[0] = false;
    asleep[1] = false;
#if PARTICIPANTS > 2
    asleep[2] = false;
#endif
}

/* --- Participants --- */

/* The thread that loses the bias. */
#ifdef NO_REVOKING_MARK
#define target former
#else
#define target biased
#endif

inline forget() { call = 0; expected = 0; sameEpoch[me] = false }

inline kill() {
#ifdef DEATHS
    deaths++;
#endif
    forget()
}

/* The process is killed before its current step. */
#ifdef DEATHS
byte deaths;
#define mayDie (deaths < DEATHS)
#else
#define mayDie true
#endif
#define OR_KILLED :: atomic { mayDie -> kill(); goto dying }

/* What a participant knows about its call: the bits of `call`. */
#define SLEPT        1        /* or set a mark in vain: takes W with the mark while any waiter sleeps */
#define LATE         4        /* auxiliary: the lock was destroyed when this call took W */
#define DEATH_IN_W   8        /* to report */
#define DEATH_IN_B  16
#define AT_DOOR     32        /* auxiliary: the death in B was that of a participant that was not inside */
#define OF_REVOKER  64        /* auxiliary: the death in W was that of an owner that found a thread in S */

/* The critical section begins. */
inline enter() {
    assert(holder == NONE);
    late = (call & LATE) != 0;
    assert(!late);
    late = false;
    reported = (call & (DEATH_IN_W | DEATH_IN_B)) != 0;
    /* Allowed: the death of an owner of W in the last steps of its lock, or at the door. */
    reported = reported && (unreported || !((call & (DEATH_IN_W | OF_REVOKER)) == DEATH_IN_W || (call & AT_DOOR)));
    assert(reported == unreported);
    reported = false;
    unreported = false;
    holder = tid;
    pending = false;
    call = 0
}

/* An owner of W that gives up the revocation was not inside, but the biased thread may be. */
inline leaveSection() { holder = (holder == tid -> NONE : holder) }

/* The compare-exchange that takes W. */
inline take(mark, allowed) {
    call = (call & SLEPT) | (destroyed && !(allowed) -> LATE : 0);
    reopened = false;
    call = call | ((W & DIED) -> DEATH_IN_W : 0) | (deathOfRevoker -> OF_REVOKER : 0);
    W = tid | (W & WAITERS) | mark;
    call = call & ~SLEPT;
    deathOfRevoker = false;
    owes[me] = false;
    author = false
}

/* The death of the biased thread, found in B. */
inline noteDeathInB() {
    call = call | DEATH_IN_B | (deathAtDoor -> AT_DOOR : 0);
    deathAtDoor = false
}

/* The fast path of W compares M in place of a look at S. */
#ifdef NO_MODE_IN_CAS
#define isOpen (W == 0)
#else
#define isOpen (W == 0 && M == hold)
#endif

#ifdef NO_COMPARE_IN_UNLOCK
#define mayStore (owner(W) == tid && hold == QUIET)
#else
#define mayStore (W == tid && hold == QUIET)
#endif

/* A waiter's hint is a compare-exchange of W and M. */
#ifdef NO_OWNER_IN_HINT
#define mayHint (M == QUIET)
#else
#define mayHint (M == QUIET && owner(W) != 0 && W != GONE)
#endif

/* A call that fails keeps its participant's `hold`, either value. */
inline guess() {
    if
    :: hold = QUIET
    :: hold = CONTENDED
    fi
}

/* The mark that removes W. */
inline remove() {
    W = GONE;
    destroyed = true;
    reopened = false
}

inline beginEpoch() {
    sameEpoch[0] = false;
    sameEpoch[1] = false;
#if PARTICIPANTS > 2
    sameEpoch[2] = false;
#endif
    contended = true;
    confirmed = false
}

/* The kernel marks W or B of a dead owner. */
inline markW() {
    deathOfRevoker = false;
    if
    :: holder == tid -> holder = NONE; unreported = true
    :: else -> deathOfRevoker = (biased != NONE)
    fi;
    if
    :: W & WAITERS -> W = WAITERS | DIED; wakeOne()
    :: else -> W = DIED
    fi
}

inline markB() {
    deathAtDoor = false;
    if
    :: holder == tid -> holder = NONE; unreported = true
    :: else -> deathAtDoor = true
    fi;
    if
    :: B & WAITERS -> asleepOnB = NONE
    :: else
    fi;
    B = DIED
}

active [PARTICIPANTS] proctype participant() {
    byte call;
    byte expected;            /* the value of W for which the wait sleeps */
    bit hold = UNUSED;        /* how this participant releases W, and the M with which it takes it */
    bool pending;             /* list_op_pending points at the node of W */
    bool linked;              /* the node of B is in the robust list */
    bool owesAll;             /* must wake all sleepers on W */
    bool owesOnB;             /* must wake the sleeper on B */
    bool author;              /* auxiliary: another waiter may sleep for W with this one's mark, which may be lost */
    bool late, reported;
    byte dead;

idle:
progress_round:
    if
    :: atomic { knowsOfBias -> resting[me] = false; goto door }
    :: atomic { !knowsOfBias -> resting[me] = false }
    OR_KILLED
    fi;

slow:
    /* The fast path of W. Now and then, when the credit runs out, its owner settles. */
    if
    :: atomic {
        drain(me);
        if
        :: isOpen -> take(0, reopened); enter(); goto inside
        :: isOpen -> take(0, reopened); goto settle
        :: !isOpen -> hold = UNUSED
        fi
       }
    OR_KILLED
    fi;
    pending = true;

attempt:
    if
    :: atomic {
        if
        :: releases(me) -> drain(me)
        :: else
        fi;
        if
        :: W == GONE -> owes[me] = false; author = false; guess(); goto leave
        :: owner(W) == 0 -> drain(me); take(((call & SLEPT) && anyCounted -> WAITERS : 0), false); goto settle
        :: owner(W) != 0 && W != GONE
        fi
       }
    OR_KILLED
    fi;
    /*
     * Contended mode, before it sleeps. The membarrier makes the plain stores of those visible that saw quiet mode.
     * Another waiter's membarrier may not be complete before S is confirmed.
     */
    if
    :: atomic {
        if
        :: permitsSleep -> goto setWaiters
        :: !permitsSleep && contended
        :: !permitsSleep && !contended -> drain(me); beginEpoch()
        fi;
        sameEpoch[me] = true
       }
    OR_KILLED
    fi;
#ifndef NO_MEMBARRIER_CONTENDED
    if
    :: atomic { drainAll() }
    OR_KILLED
    fi;
#endif
    if
    :: atomic {
        drain(me);
#ifdef NO_EPOCH
        confirmed = confirmed || contended;
#else
        confirmed = confirmed || contended && sameEpoch[me];
#endif
        sameEpoch[me] = false
       }
    OR_KILLED
    fi;
    /* The hint. */
    if
    :: atomic {
        M = (mayHint -> CONTENDED : M);
        goto attempt
       }
    OR_KILLED
    fi;

setWaiters:
    if
    :: atomic {
        drain(me);
        if
        :: owner(W) == 0 || W == GONE -> goto attempt
        :: else -> W = W | WAITERS; expected = W; author = true
        fi;
       }
    OR_KILLED
    fi;
#ifndef NO_SECOND_LOOK
    /* An owner may have changed the mode before it could see the mark. futex_wait() compares W afterwards. */
    if
    :: atomic {
        if
        :: permitsSleep -> owes[me] = false; author = false
        /* Another waiter may already sleep for W with this mark, which a plain store may still remove. */
        :: else ->
            expected = 0;
#ifndef NO_MARK_AFTER_MISS
            call = SLEPT;
#endif
            goto attempt
        fi
       }
    OR_KILLED
    fi;
#endif

sleep:
    if
    :: atomic {
        call = SLEPT;
        author = false;
        if
        :: W == expected -> asleep[me] = true; owes[me] = false; expected = 0
        :: else -> expected = 0; goto attempt
        fi
       }
    OR_KILLED
    fi;
end_asleep:
    if
    :: atomic { !asleep[me] -> goto attempt }
    :: atomic {
        asleep[me] && mayRecheck ->
        asleep[me] = false;
        owes[me] = licence;           /* this sleeper now owes the dead participant's wake-up */
        licence = false;
        goto attempt
       }
    :: atomic { mayDie && asleep[me] -> killed[me] = true; kill(); goto dying }
    :: atomic { mayDie && !asleep[me] -> kill(); goto dying }
    fi;

leave:
    if
    :: atomic { pending = false; forget(); resting[me] = true; goto idle }
    OR_KILLED
    fi;

    /* W is taken. The biased thread must be out. M is closed before anything may release W. */
settle:
#ifndef NO_CLOSED_IN_SETTLE
    if
    :: atomic { !isObstructed || M == CLOSED -> goto decide }
    :: atomic { isObstructed && M != CLOSED }
    OR_KILLED
    fi;
    if
    :: atomic { M = CLOSED }
    OR_KILLED
    fi;
#endif
decide:
    if
    :: atomic {
#ifdef NO_STATE_CHECK
        if
        :: biased != NONE && biased != tid -> enter(); goto inside
        :: else
        fi;
#endif
#ifndef NO_DROPPED_DEATH
        /* While S names a thread, no owner of W is inside: one that died had nothing to report. */
        call = (biased != NONE -> call & ~(DEATH_IN_W | OF_REVOKER) : call);
#endif
        if
        :: gone -> goto restoreGone
        :: !gone && biased == tid -> goto clearOwn
        /* tryLock() */
        :: !gone && biased != NONE && biased != tid && owner(B) == biased ->
            call = 0; pending = true; guess(); goto releaseWord
        :: !gone && biased != NONE && biased != tid ->
#ifdef NO_REVOKING_MARK
            former = biased;
            biased = NONE;
#else
            revoking = true;
#endif
            goto revoke
        :: !gone && biased == NONE -> hold = (contended -> CONTENDED : QUIET)
        :: !gone && biased == NONE && former == tid -> former = NONE; goto decide
        fi
       }
    OR_KILLED
    fi;
    /* What the next owners may know of S. */
    if
    :: atomic {
        M = hold;
        if
        :: enter(); goto inside
        /* The credit ran out. */
        :: contended && !noBias && !anyCounted && hold == CONTENDED
#ifndef QUIET_ONLY
        :: permitsBias &&
#ifndef NO_FORMER
           (former == NONE || absent[former - 1]) ->
#else
           true ->
#endif
            former = NONE; goto grant
#endif
        fi
       }
    OR_KILLED
    fi;
    /* Waiters may have gone to sleep since the look at their count. M and `hold` stay contended for now. */
    if
    :: atomic {
        if
        :: contended && !noBias -> contended = false; confirmed = false
        :: else
        fi;
#ifdef NO_CAS_TO_QUIET
        hold = QUIET;
#endif
        enter();
        goto inside
       }
    OR_KILLED
    fi;

    /*
     * The ownership moves from W to B. Only an owner of W that finds a thread in S looks at B, so this store needs no
     * buffer.
     */
grant:
#if !defined(NO_MOVE_AT_GRANT) && !defined(NO_B_FIRST_AT_GRANT)
    if
    :: atomic { B = tid; deathAtDoor = false; linked = true }
    OR_KILLED
    fi;
#endif
    if
    :: atomic {
        drain(me);
        if
        :: permitsBias -> biased = tid; hold = UNUSED
        :: else -> goto refused
        fi;
        linked = true;
#ifdef NO_B_FIRST_AT_GRANT
        pending = true
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        B = tid;
#endif
        enter();
        pending = true;
#ifdef NO_MOVE_AT_GRANT
        goto inside
#endif
       }
    OR_KILLED
    fi;
#ifndef NO_CLOSED_AT_GRANT
    if
    :: atomic { M = CLOSED }
    OR_KILLED
    fi;
#endif
    /* Inside by B. The ownership of W ends. */
    if
    :: atomic {
        if
        :: owner(W) == tid -> owes[me] = (W & WAITERS) != 0; W = 0
        :: owner(W) != tid                      /* destroyed */
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: owes[me] -> owes[me] = false; wakeOne()
        :: else
        fi;
        pending = false;
        goto insideByB
       }
    OR_KILLED
    fi;

refused:
    if
    :: atomic {
#if !defined(NO_MOVE_AT_GRANT) && !defined(NO_B_FIRST_AT_GRANT)
        B = 0;
#endif
        enter();
        goto inside
       }
    OR_KILLED
    fi;

clearOwn:
    /* This thread does not use the bias now, but a predecessor with the same TID may have died in B. */
    if
    :: atomic {
        if
#ifndef NO_LOOK_AT_OWN_B
        :: B & DIED -> goto clearB
#endif
        :: else
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic { biased = NONE; revoking = false; goto decide }
    OR_KILLED
    fi;

revoke:
#ifndef NO_MEMBARRIER_REVOKE
    if
    :: atomic { drainAll() }
    OR_KILLED
    fi;
#endif
    /* From here on, the biased thread is inside, or sees the change of S before it enters. */
look:
    if
    :: atomic {
        if
        :: B & DIED -> goto clearB
        :: owner(B) != target && !(B & DIED) -> goto revoked
        :: owner(B) == target -> B = B | WAITERS
        /* tryLock(), or the deadline has passed */
        :: owner(B) == target -> call = 0; pending = true; guess(); goto releaseWord
        :: owner(B) == target && gone -> goto decide
#ifdef NO_COMPARE_OF_VANISHED
        :: owner(B) == target -> goto askKernel
#endif
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: B == (target | WAITERS) -> asleepOnB = tid
        :: else -> goto look
        fi
       }
    OR_KILLED
    fi;
end_asleepOnB:
    if
    :: atomic { asleepOnB != tid -> goto look }
    :: atomic { asleepOnB == tid && mayLookAgain -> licenceOnB = false; asleepOnB = NONE; goto look }
    :: atomic { mayDie -> killed[me] = (asleepOnB == tid); kill(); goto dying }
    fi;
#ifdef NO_COMPARE_OF_VANISHED
    /* B is treated as marked if the thread does not exist. Meanwhile it may have left, and ended. */
askKernel:
    if
    :: atomic {
        if
        :: absent[target - 1] -> B = DIED
        :: else
        fi;
        goto look
       }
    OR_KILLED
    fi;
#endif
    /* Killed in between, this participant leaves DIED in W, which counts once S names no thread. The grant clears B. */
clearB:
#ifndef NO_CLEAR_B_LAST
    if
    :: atomic { biased = NONE; revoking = false; former = NONE; noteDeathInB() }
    OR_KILLED
    fi;
    if
    :: atomic { B = 0; goto decide }
    OR_KILLED
    fi;
#else
    if
    :: atomic { B = 0; noteDeathInB() }
    OR_KILLED
    fi;
    if
    :: atomic { biased = NONE; revoking = false; former = NONE; goto decide }
    OR_KILLED
    fi;
#endif
revoked:
    if
    :: atomic {
        former = target;
        biased = NONE;
        revoking = false;
        /* A thread turned away may have stored to B since. Its value may be removed or left. */
        if
        :: owner(B) == 0
        :: owner(B) != 0 -> B = 0
        :: owner(B) != 0
        fi;
        goto decide
       }
    OR_KILLED
    fi;

restoreGone:
    if
    :: atomic { remove(); owesAll = true }
    OR_KILLED
    fi;
    if
    :: atomic { wakeAll(); owesAll = false; guess(); goto leave }
    OR_KILLED
    fi;

    /* Inside, by W. */
inside:
    if
    :: atomic {
        if
        :: mayStore ->
#ifndef NO_PENDING
            pending = true;
#endif
            goto plainUnlock
        :: hold == CONTENDED && W == tid && M == hold ->
            W = 0; leaveSection(); pending = false; resting[me] = true; goto idle
        :: !mayStore && !(hold == CONTENDED && W == tid && M == hold) -> pending = true
        fi
       }
    OR_KILLED
    fi;

    /* The slow release loads S first. If the lock was removed before this owner took W, it sees that. */
releaseWord:
    if
    :: atomic {
        leaveSection();
        if
#ifndef NO_GONE_IN_SLOW_UNLOCK
        :: owner(W) == tid && gone -> goto restoreGone
        :: owner(W) == tid && !destroyed -> owes[me] = (W & WAITERS) != 0; W = 0
#else
        :: owner(W) == tid -> owes[me] = (W & WAITERS) != 0; W = 0
#endif
        :: owner(W) != tid                      /* destroyed */
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: owes[me] -> owes[me] = false; wakeOne()
        :: else
        fi;
        goto leave
       }
    OR_KILLED
    fi;

plainUnlock:
    /* A waiter may set its mark before the store removes it. The second look at S is what it relies on. */
    if
    :: atomic { hasRoom -> store(STORE_W_FREE); leaveSection(); owes[me] = true }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
#ifndef NO_GONE_IN_UNLOCK
        :: gone -> owes[me] = false; goto restoreFreed
        :: !gone && contended -> done(); hold = CONTENDED
#else
        :: contended -> reopened = false; done(); hold = CONTENDED
        :: gone && !contended -> reopened = false; done(); owes[me] = false; goto leave
#endif
        :: !gone && !contended -> done(); owes[me] = false; goto leave
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic { drain(me); owes[me] = false; wakeOne(); goto leave }
    OR_KILLED
    fi;

restoreFreed:
    if
    :: atomic {
        drain(me);
        if
        :: owner(W) == 0 -> remove()
        :: else
        fi;
        owesAll = true
       }
    OR_KILLED
    fi;
    if
    :: atomic { wakeAll(); owesAll = false; goto leave }
    OR_KILLED
    fi;

    /* The biased path. */
door:
    if
    :: atomic { seenB(me) == 0 }
    :: atomic { seenB(me) != 0 -> goto slow }
    OR_KILLED
    fi;
    if
    :: atomic { hasRoom -> store(STORE_B_TID) }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: isBiased -> call = (destroyed -> LATE : 0); enter()
        :: else -> goto turnedAway
        fi
       }
    OR_KILLED
    fi;
    /* Inside, by B. */
insideByB:
    if
    :: atomic { hasRoom -> store(STORE_B_FREE); holder = NONE; owesOnB = true }
    OR_KILLED
    fi;
    if
    :: atomic {
        if
        :: isBiased -> owesOnB = false; resting[me] = true; goto idle
        :: else
        fi
       }
    OR_KILLED
    fi;
    if
    :: atomic { drain(me); owesOnB = false; asleepOnB = NONE; resting[me] = true; goto idle }
    OR_KILLED
    fi;

turnedAway:
    /* S did not name this thread any more. A revoker may have seen its B = tid, and sleep. */
    if
    :: atomic { hasRoom -> store(STORE_B_FREE); owesOnB = true }
    OR_KILLED
    fi;
    if
    :: atomic { drain(me); owesOnB = false; asleepOnB = NONE; goto slow }
    OR_KILLED
    fi;

dying:
    /* A killed sleeper stays in the queue until it has run once more; a wake-up may still select it. */
    atomic {
        killed[me] = false;
        resting[me] = false;
        drain(me);
        asleep[me] = false;
        if
        :: asleepOnB == tid -> asleepOnB = NONE
        :: else
        fi;
        licenceOnB = asleepOnB != NONE && (licenceOnB || owesOnB);
#ifdef NO_RESIDENT_B
        linked = false;
#endif
        /* exit_robust_list: the nodes in any order, then the pending entry, which may be set without need. */
        if
        :: owner(W) == tid && linked && owner(B) == tid -> markW(); goto dyingInB
        :: owner(W) == tid && linked && owner(B) == tid -> markB(); goto dyingInW
        :: owner(W) == tid && !(linked && owner(B) == tid) -> markW(); goto handled
        :: owner(W) != tid && linked && owner(B) == tid -> markB()
        :: owner(W) != tid && !(linked && owner(B) == tid)
        fi;
        if
        :: owner(W) == 0 && pending -> owes[me] = false; author = false; wakeOne()
        :: owner(W) == 0 && !pending && anySleeps -> wakeOne()
        :: owner(W) == 0 && !pending
        :: owner(W) != 0
        fi;
        goto handled
    };
dyingInW:
    true;
    atomic {
        if
        :: owner(W) == tid -> markW()
        :: else
        fi;
        goto handled
    };
dyingInB:
    true;
    atomic {
        if
        :: owner(B) == tid -> markB()
        :: else
        fi;
        goto handled
    };
handled:
    atomic {
        licence = licence || (pending && !isMarkSafe && (author || owes[me] && (anySleeps || anyReleases)));
        licenceForAll = licenceForAll || owesAll;
        owes[me] = false; owesAll = false; owesOnB = false; author = false; pending = false; linked = false;
        hold = UNUSED;
        if
        :: destroyed && holder == tid -> holder = NONE
        :: else
        fi;
        dead = tid;
        assert(holder != dead);
        dead = NONE;
        absent[me] = true; resting[me] = true
    };
    atomic { absent[me] = false; goto idle }
}

#define rests(i) (resting[i] || (asleep[i] || asleepOnB == i + 1) && !killed[i])
#define forgotten ((anySleeps || asleepOnB != NONE) && allRest && allDrained && !destroying && \
                   !(anySleeps && mayRecheck) && !(asleepOnB != NONE && mayLookAgain))

/* Drains the store buffers at any time, and watches the sleepers. */
active proctype memory() {
end:
    do
    :: atomic { older[0] != 0 -> drainOlder(0) }
    :: atomic { older[1] != 0 -> drainOlder(1) }
#if PARTICIPANTS > 2
    :: atomic { older[2] != 0 -> drainOlder(2) }
#endif
#ifndef IGNORE_SLEEPERS
    :: atomic { forgotten -> assert(!forgotten) }
#endif
    od
}

#ifdef NO_BAN_OF_BIAS
#define banned false
#else
#define banned true
#endif

#ifndef NO_DESTROYER
/*
 * Destroys by force or only if the lock is free. Killed before it has removed W, it has no further step and owes
 * nothing, as if it were never scheduled again. So only its death after that has a step.
 */
active proctype destroyer() {
    if
#ifndef ONLY_IF_FREE
#ifdef NO_GONE_IN_STATE
    :: goto force
#else
    :: atomic { gone = true; goto force }
#endif
#endif
#ifndef ONLY_FORCED
    :: atomic { noBias = banned; if :: biased == NONE -> goto retireIfFree :: else fi }
#endif
    fi;
    /* A thread has the bias. Is it outside? */
    revoking = true;
#ifndef NO_MEMBARRIER_DESTROY
    atomic { drainAll() };
#endif
    if
    :: owner(B) == 0 -> goto retireIfFree
    :: owner(B) != 0 -> goto end_done
    fi;

force:
#ifndef NO_MEMBARRIER_REMOVE
    if
    :: owner(W) == 0 -> goto exchange
    :: owner(W) != 0
    fi;
    atomic { drainAll() };
exchange:
#endif
    atomic { remove(); destroying = true; goto wake };

retireIfFree:
    if
    :: atomic {
        owner(W) == 0 -> assert(holder == NONE); remove(); destroying = true
       }
    :: owner(W) != 0 -> goto end_done
    fi;

wake:
    if
    :: atomic { gone = true; wakeAll(); asleepOnB = NONE; destroying = false }
    :: atomic { licenceForAll = true; destroying = false }      /* killed */
    fi;
end_done:
    false
}
#endif
