// Package observe writes the work of a store to logs: an audit trail of events and of
// reads. Package observe/expvars shows a store's state in expvar, and the module
// adapters/otel makes metrics and spans.
//
// Nothing here gets a value: events and reads hold only names, redacted sources,
// versions and classes of failures.
//
// # Two trails
//
// [Audit] is an Observer: one record for each event of the store. Its loads and
// refreshes are reads of a backend; an answer from the cache is not an event. [Reads]
// is for secretmux.Options.OnRead: one record for each reference that a caller reads,
// cached or not, with the caller's context, so that a handler can add the caller's
// name.
//
// # What it costs
//
// An event costs one slog record. With Reads, a warm Get costs a record too. With Audit
// only, it costs nothing.
package observe
