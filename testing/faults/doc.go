// Package faults makes providers slow, unreliable or inconsistent on purpose. Use it to
// test what your program does then:
//
//	f := faults.New(faults.Options{})
//	store, err := secretmux.Open(ctx, "memory:", f.Backend(m.Backend()))
//	// ... the service is up, and then its backend goes away:
//	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
//	// ... and comes back:
//	f.Heal()
//
// A [Rule] says which calls it hits. Its [Step]s say what happens to them, one call after
// the other: latency, an error of a class, a hang, or another value. The outcome depends
// only on the rules, the seed and the order of the calls. It does not depend on a clock or
// on shared randomness. So a test in a testing/synctest bubble gets the same outcome each
// time.
package faults
