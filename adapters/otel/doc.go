// Package otelsecret shows the work of a store in OpenTelemetry: metrics of its events,
// gauges of its state, and a span for each call of a backend.
//
// It imports the API only (metric, trace, attribute). The program sets up the SDK and
// passes its providers. The package reads nothing global.
//
// # Metrics
//
// [Observer] is for secretmux.Options.Observer or Store.Observe:
//
//	secretmux.fetch.duration     histogram, s   reads of a backend: secretmux.source,
//	                                            secretmux.fetch.reason (load, refresh), error.type
//	secretmux.rotations          counter        changes of content
//	secretmux.refusals           counter        new values that Options.Validate refused
//	secretmux.fallbacks          counter        links that were passed over
//	secretmux.callback.failures  counter        rotation callbacks that failed
//	secretmux.retries            counter        refreshes and callbacks that will be tried again
//
// The counters have secretmux.source if the event has it (a refusal and a callback do
// not) and, after a failure, error.type. [Gauges] reads the state of a store at each
// collection:
//
//	secretmux.secret.count       up-down counter by secretmux.secret.state
//	secretmux.secret.age.max     gauge, s       age of the oldest served value
//	secretmux.secret.expiry.min  gauge, s       time until the first value expires; negative after it
//
// The states are served, stale, expired, refused, absent and failed (nothing is served,
// and the secret was not found to be absent). Each secret has one state, the worst that
// fits. All six states are always reported, so that an alert on zero works.
//
// error.type is the class of the failure, such as not_found or denied, and _OTHER for a
// failure without one. An answer from the cache is not an event, so reads in metrics
// are reads of a backend. No metric has a secret's name, version or value as an
// attribute: SDKs silently drop attribute sets above a limit (2,000 in Go).
//
// # Spans
//
// [Backend] wraps a backend, so that each call makes a span of kind CLIENT: get, get
// many, list or check, with secretmux.source and error.type. The parent is the span of
// the caller that began the read. Other callers that wait for the same read have no
// span for it. A refresh in the background is a root span. Names are attributes only
// with Options.Names.
//
// # At a rotation
//
// The counter secretmux.rotations goes up by one. Nothing else changes here.
//
// # What it costs
//
// An event costs no allocation and less than a microsecond, because its attribute sets
// are made once. A warm Get costs nothing. A collection with Gauges walks over all
// secrets of the store once.
package otelsecret
