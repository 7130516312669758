// Package conformance is the suite that every provider passes, those of other
// authors included. It checks what the doc comment of [secretmux.Provider] and of
// the optional interfaces beside it promise, and needs only the standard library.
//
// A provider's test opens a [Harness] over a backend of its own, a fake that
// speaks the backend's wire format or the real thing, and hands it over:
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
// Run it with -race. The core cases can't be skipped: absent, round trip,
// replaced, own copy, bad names, cancelled and expired contexts, concurrent
// reads, batches, close. The others follow from [Harness.Capabilities]. Every
// error that the suite meets is walked along both forms of Unwrap and must hold
// no part of any value or of a refused name.
//
// [RunThrough] runs the same suite through a decorator.
package conformance
