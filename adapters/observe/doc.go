// Package observe writes what a store does to logs: an audit trail of events and of
// reads. Package observe/expvars shows a store's state in expvar, and the module
// adapters/otel makes metrics and spans.
//
// Nothing here sees a value: events and reads hold names, redacted sources, versions and
// classes of failures only.
//
// # Two trails
//
// [Audit] is an Observer: one record for each event of the store. Its loads and refreshes
// are reads of a backend; an answer from the cache is not an event. [Reads] is for
// secretmux.Options.OnRead: one record for each reference that a caller reads, cached or
// not, with the caller's context, so that a handler can add who asked.
//
// # What it costs
//
// An event takes one slog record. A warm Get with Reads costs that record too; with Audit
// only it costs nothing.
package observe
