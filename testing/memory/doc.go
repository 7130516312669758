// Package memory is a provider for the tests of programs that use secretmux: it
// holds secrets in memory, and the test changes, rotates, disables and deletes
// them while the program under test runs.
//
//	m := memory.New(map[string]string{"db/password": "s3cret"})
//	store, err := secretmux.Open(ctx, "memory:", m.Backend())
//	// ...
//	m.Set("db/password", "new")
//
// It keeps versions, understands names with slashes, and accepts any bytes. It counts
// its calls, so that a test can check that a cache made only one. To make it slow or
// unreliable, wrap it with package testing/faults.
package memory
