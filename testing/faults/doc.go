// Package faults makes providers slow, unreliable and inconsistent on purpose. It is
// for tests of a program's behaviour in these cases:
//
//	f := faults.New(faults.Options{})
//	store, err := secretmux.Open(ctx, "memory:", f.Backend(m.Backend()))
//	// ... the service is up, and then its backend goes away:
//	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
//	// ... and comes back:
//	f.Heal()
//
// A [Rule] says which calls are hit. Its [Step]s say what happens to them, one after
// the other: latency, an error of a class, a hang, another value. The outcome depends
// only on the rules, the seed and the order of calls for a name, and not on a clock
// or shared randomness. So a test in a testing/synctest bubble gets the same outcome
// each time.
package faults
