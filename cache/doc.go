// Package cache keeps values by key, reads them anew before they grow old, and
// says when they change. It knows nothing about secrets: what a value is, what
// an error means and how to load are its user's.
//
// # What it promises
//
// Honest TTL. While the loader answers, no Get returns a value older than its
// TTL, counted from the start of the load. A key that is read or watched is
// loaded again in the background before that, so that its readers don't wait; a
// key that is neither costs nothing, not even a timer, and is loaded by the next
// Get.
//
// Bounded stale. Past its TTL a value is served only after a failure that is
// [Transient] and only for MaxStale.
//
// Single flight. However many readers ask for a key that has to be loaded, there
// is one load. It runs apart from its readers: each obeys its own context, and
// none cancels another's.
//
// Batches. Refreshes that fall due together are one load of many keys.
//
// Back-off. After a transient failure, all keys of the same origin wait, longer
// with each failure. Any other failure delays its own key.
//
// No flapping. A change is a change of content. It is told once, never for the
// first value, and a value that is older than the one served is ignored for a
// while.
//
// Validation. A changed value can be refused; the old one stays.
//
// Callbacks run in order, one at a time for a key, with no lock held.
//
// The hit path is a lookup and an atomic load. It reads no clock: a value that
// must no longer be served is taken off that path by a timer.
//
// A cache gives every caller what any caller may read. Don't share one between
// callers with different rights.
package cache
