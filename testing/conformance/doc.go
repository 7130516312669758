// Package conformance is the suite that every provider passes, even the providers of
// other authors. It checks the promises in the doc comments of [secretmux.Provider]
// and of the optional interfaces beside it. It needs only the standard library.
//
// The test of a provider gives the suite a function that opens a [Harness] with a new
// backend. The backend is the real one, or a fake that speaks the real wire format:
//
//	func TestConformance(t *testing.T) {
//		conformance.Run(t, func(t *testing.T) *conformance.Harness {
//			backend := startFake(t) // stops with t.Cleanup
//			return &conformance.Harness{
//				Provider:     mybackend.New(backend.URL, mybackend.Options{}),
//				Set:          backend.set,
//				Delete:       backend.purge,
//				Fail:         backend.fail,
//				Fails:        []error{secretmux.ErrDenied, secretmux.ErrUnavailable},
//				Capabilities: []conformance.Capability{conformance.CapEmpty, conformance.CapFail},
//			}
//		})
//	}
//
// Run it with -race. The core cases can't be skipped: absent, round trip, replaced,
// own copy, bad names, cancelled and expired contexts, concurrent reads, batches,
// close. [Harness.Capabilities] says which of the other cases run. The suite follows
// every error along both forms of Unwrap. No error may hold a part of a value or of a
// refused name.
//
// [RunThrough] runs the same suite through a decorator.
package conformance
