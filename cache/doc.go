// Package cache keeps values by key, loads them again before they grow old, and
// reports when they change. It knows nothing about secrets. Its user says what a
// value is, what an error means and how to load.
//
// # What it promises
//
// Honest TTL. While the loader answers, Get never returns a value that is older than
// its TTL. The age counts from the start of the load. A key that is read or watched is
// loaded again in the background before its TTL ends, so that its readers don't wait. A
// key that is neither read nor watched costs nothing, not even a timer. The next Get
// loads it. There is one exception: if the backend's newer value is refused or ignored,
// as described below, the old value is served for another TTL.
//
// Bounded stale. After its TTL a value is served only if the last load failed with
// [VerdictTransient], and only for MaxStale.
//
// Single flight. However many readers ask for a key that has to be loaded, there is
// one load. Each reader obeys its own context. The end of one reader's context does
// not end the load or the wait of another reader.
//
// Batches. Refreshes that fall due together are loaded in batches of many keys.
//
// Back-off. After a transient failure, the refreshes of all keys of the same origin
// wait. The wait gets longer with each failure. Any other failure delays only its own
// key. A read of a key that is not kept never waits for back-off.
//
// No flapping. A change is a change of content. It is reported once. The first value is
// not a change. A value that is older than the served one is ignored for Grace.
//
// Validation. Validate can refuse a changed value, and the old value stays. This holds
// even after the old value was dropped: Validate is asked about the next value too.
//
// Callbacks. The callbacks of one key run in order, one at a time. No lock is held
// while they run, and each call has a deadline. A callback that does not return does
// not keep others from being called.
//
// Bounds. The wait for a load and for Validate is limited, whatever they do. Another
// party may choose the names of absent keys and of absent views. Therefore they are
// dropped first when room is needed, and they leave when NegativeTTL ends. A document is
// parsed once for all its views, with no lock held.
//
// The hit path is a lookup and an atomic load. It reads no clock: a timer takes a value
// off this path when the value must no longer be served.
//
// DESIGN.md in this folder says how the cache keeps these promises. It describes the
// states of a document, the events that change them, and the invariants that the tests
// check.
//
// A cache gives the same values to every caller. Don't share one between callers with
// different rights.
package cache
