// Package faults makes providers slow, unreliable and inconsistent on purpose,
// for tests of what a program does then:
//
//	f := faults.New(faults.Options{})
//	store, err := secretmux.Open(ctx, "memory:", f.Backend(m.Backend()))
//	// ... the service is up, and then its backend goes away:
//	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
//	// ... and comes back:
//	f.Heal()
//
// A [Rule] says which calls are hit, and its [Step]s what happens to them, one
// after the other: latency, an error of a class, a hang, another value. The
// outcome depends on the rules, the seed and the order of calls for a name, and
// on no clock or shared randomness, so that a test in a testing/synctest bubble
// sees the same each time.
package faults
